"""The whole of Nightloop as processes of this machine: started, watched, stopped, nothing left behind."""
