/** How long backups are kept, and the profiles that answer it for whoever does not want to. */
import { z } from 'zod'

/** At least one day: "keep nothing" is no policy (faults.md R03). */
const daysSchema = z.number().int().min(1).max(36500)
const countSchema = z.number().int().min(1).max(10_000)

/**
 * A backup goes when none of these keeps it, and never while another rule protects it (engine/catalog/retention.ts).
 * Files of versions that knew days alone stay readable, and those versions pass over what they do not know.
 */
export const keepSchema = z.object({
  /** Days to keep, by type; DESIGN §7's defaults. */
  full: daysSchema.default(30),
  incremental: daysSchema.default(7),
  hot: daysSchema.default(3),
  /** At least so many of the newest sound backups of a type, whatever their age. */
  count: z
    .object({ full: countSchema.optional(), incremental: countSchema.optional(), hot: countSchema.optional() })
    .optional(),
  /** Of full backups, the newest sound one of each of the last so many days, weeks and months that have one. */
  generations: z
    .object({ daily: countSchema.optional(), weekly: countSchema.optional(), monthly: countSchema.optional() })
    .optional(),
})
export type Keep = z.infer<typeof keepSchema>

/** What a job is made with where nobody says otherwise (DESIGN §10). */
export const keepProfiles = {
  production: { schedule: { full: '0 2 * * *' }, keep: { full: 30, incremental: 7, hot: 3 } },
  test: { schedule: { full: '0 2 * * 0' }, keep: { full: 7, incremental: 7, hot: 3 } },
} as const satisfies Readonly<Record<string, { readonly schedule: { readonly full: string }; readonly keep: Keep }>>
export type KeepProfile = keyof typeof keepProfiles
