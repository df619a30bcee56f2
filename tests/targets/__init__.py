"""The role on hosts with each Python that it supports, from ansible-core releases that support that too."""
