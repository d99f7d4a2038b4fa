"""Application Auto Scaling's part: an endpoint's instances come and go as its scalable target says."""
