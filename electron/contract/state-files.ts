/** The files of a state directory by which agent and clients find each other. */

/** Whoever may read one has its role. */
export const tokenFiles = { administrator: 'agent.token', viewer: 'viewer.token', metrics: 'metrics.token' } as const

/** What a running agent says of itself: process, socket, version. */
export const AGENT_NOTE = 'agent.json'
/** Its socket, where the path is not too long for one. */
export const AGENT_SOCKET = 'agent.sock'
