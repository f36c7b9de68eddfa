/** `sitekeep.json`: jobs and destinations, versioned, hand-editable, without secrets. */
import { z } from 'zod'
import { destinationSchema } from './destination.ts'
import { jobSchema } from './job.ts'

export const SETTINGS_VERSION = 1

export const settingsSchema = z.object({
  $schema: z.string().optional(),
  version: z.literal(SETTINGS_VERSION),
  /** Given once to this installation; tells two machines at one destination apart. */
  installId: z.string().regex(/^[0-9a-f]{32}$/),
  destinations: z.array(destinationSchema).max(200),
  jobs: z.array(jobSchema).max(5000),
})
export type Settings = z.infer<typeof settingsSchema>
