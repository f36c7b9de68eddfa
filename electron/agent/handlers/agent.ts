/** The agent itself: what it is, how it stands, its secrets, and its end. */
import { phrase } from '../../contract/phrases.ts'
import { PROTOCOL } from '../../contract/protocol.ts'
import { BackupError } from '../../engine/errors.ts'
import { Secret } from '../../engine/secret.ts'
import type { Handlers } from '../context.ts'
import { findJob } from '../lookup.ts'
import { atMost } from '../patience.ts'

type AgentMethods =
  'agent.info' | 'agent.stop' | 'agent.webLink' | 'status' | 'secret.list' | 'secret.set' | 'secret.remove'

/** Whoever asks for the newest news waits this long for a place that does not answer; then it is told as it was last seen. */
const LOOK_WAIT_MS = 5_000

export const agentHandlers: Pick<Handlers, AgentMethods> = {
  'agent.info': (_, agent) => {
    const web = agent.web()
    return {
      version: agent.version,
      protocol: PROTOCOL,
      pid: process.pid,
      home: agent.home,
      ...(web === undefined ? {} : { http: web.origin }),
    }
  },

  'agent.stop': (_, agent) => {
    agent.requestStop()
    return {}
  },

  'agent.webLink': (_, agent) => {
    const web = agent.web()
    if (web === undefined)
      throw new BackupError('unsupported', {
        what: phrase('open-pages'),
        reason: phrase('no-pages'),
      })
    return { url: web.link() }
  },

  'status': async ({ job, look }, agent) => {
    const looking = agent.lookAtPlaces()
    if (look) await atMost(LOOK_WAIT_MS, looking)
    const summary = agent.summary()
    if (job === undefined) return summary
    const { id } = findJob(agent.settings.current(), job)
    const jobs = summary.jobs.filter((entry) => entry.job === id)
    return { ...summary, jobs, light: jobs[0]?.light ?? summary.light }
  },

  'secret.list': async (_, { secrets }) => [...(await secrets.list())],

  'secret.set': async ({ name, value }, { secrets, redactor }) => {
    const secret = new Secret(value)
    redactor.add(secret)
    await secrets.set(name, secret)
    return {}
  },

  'secret.remove': async ({ name }, { secrets }) => {
    await secrets.remove(name)
    return {}
  },
}
