/** The files of a state directory by which agent and clients find each other. */

/** Whoever may read one has its role. */
export const tokenFiles = { administrator: 'agent.token', viewer: 'viewer.token', metrics: 'metrics.token' } as const

/** What a running agent says of itself: process, socket, version. */
export const AGENT_NOTE = 'agent.json'
/** Its socket, where the path is not too long for one. */
export const AGENT_SOCKET = 'agent.sock'

/** What makes the agent a service under systemd; our own section in it says with which state directory. */
export const SERVICE_UNIT = '/etc/systemd/system/sitekeep.service'
export const SERVICE_MARK = '[X-Sitekeep]'

/** The state directory that a unit of ours names; undefined for any other text. */
export function homeInUnit(text: string): string | undefined {
  const [, own = ''] = text.split(`\n${SERVICE_MARK}\n`)
  const [, value] = /^Home=(".+")$/m.exec(own) ?? []
  try {
    const home: unknown = value === undefined ? undefined : JSON.parse(value)
    return typeof home === 'string' ? home : undefined
  } catch {
    // Edited by hand until it could not be read.
    return undefined
  }
}
