/** Stands for an agent that cannot be started. */
process.exit(1)
