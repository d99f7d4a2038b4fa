"""What a request asks in AWS's terms, and how it is answered."""
