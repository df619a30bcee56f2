"""What users start playbooks with: each release of ansible-core that is in use, and AWX, which playbooks set up."""
