"""What people and programs read. Pure: an audit in, text out."""
