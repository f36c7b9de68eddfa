/** What the desktop shell itself offers its page: native dialogs, preferences of this desktop, and the state of the link to the service. */
import { z } from 'zod'
import { errorDataSchema } from './error.ts'
import type { MethodName } from './rpc.ts'

/** `system` follows the desktop's language and theme. */
export const languageChoices = ['system', 'zh-CN', 'en'] as const
export const themeChoices = ['system', 'light', 'dark'] as const

export const preferencesSchema = z.object({
  language: z.enum(languageChoices),
  theme: z.enum(themeChoices),
  /** The desktop's own language, for `system`. Read only. */
  systemLanguage: z.enum(['zh-CN', 'en']),
})
export type Preferences = z.infer<typeof preferencesSchema>

/**
 * `connecting`: nothing known yet. `down`: the service does not answer; the shell keeps trying, and starts it where it may.
 * `refused`: it answers, but will not talk to this window (another protocol, no right); `error` says why.
 */
export const linkStateSchema = z.object({
  state: z.enum(['connecting', 'connected', 'down', 'refused']),
  /** When this state began. */
  since: z.string(),
  error: errorDataSchema.optional(),
})
export type LinkState = z.infer<typeof linkStateSchema>

const nothing = z.strictObject({})
const done = z.object({})
const pickSchema = z.strictObject({
  title: z.string().max(200).optional(),
  /** Where the dialog opens. */
  startAt: z.string().max(4096).optional(),
})
export type PickOptions = z.infer<typeof pickSchema>

/** A request without a handler does not compile (`shell/ipc.ts`). */
export const shellRequests = {
  'pickFile': { params: pickSchema, result: z.string().nullable() },
  'pickFolder': { params: pickSchema, result: z.string().nullable() },
  'openPath': { params: z.strictObject({ path: z.string().min(1).max(4096) }), result: done },
  /** Loads the page anew: by itself a page may not navigate, not even to where it is. */
  'reload': { params: nothing, result: done },
  'preferences.get': { params: nothing, result: preferencesSchema },
  'preferences.set': {
    params: z.strictObject({
      language: z.enum(languageChoices).optional(),
      theme: z.enum(themeChoices).optional(),
    }),
    result: preferencesSchema,
  },
  'link.state': { params: nothing, result: linkStateSchema },
  'link.retry': { params: nothing, result: linkStateSchema },
} as const satisfies Record<string, { readonly params: z.ZodType; readonly result: z.ZodType }>

export type ShellRequest = keyof typeof shellRequests
export type ShellParams<K extends ShellRequest> = z.output<(typeof shellRequests)[K]['params']>
export type ShellResult<K extends ShellRequest> = z.output<(typeof shellRequests)[K]['result']>

/**
 * In the desktop window the shell asks by a native dialog before these reach the agent, because a page that was taken over
 * could press its own buttons (faults.md U05). A page that runs in the shell needs no question of its own for them.
 */
export const confirmedByShell = [
  'job.remove',
  'destination.remove',
  'destination.adopt',
  'secret.remove',
  'agent.stop',
] as const satisfies readonly MethodName[]
export type ConfirmedMethod = (typeof confirmedByShell)[number]
