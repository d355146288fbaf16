"""The fleet: enrolment, desired state and the link to each node's agent."""
