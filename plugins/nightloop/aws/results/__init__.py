"""What tasks hand on to one another through XCom."""
