"""What is published: the tarball, its documentation, and how a release is made."""
