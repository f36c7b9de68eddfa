/** A whole site in a temporary folder of the running test. */
import { onTestFinished } from 'vitest'
import { openSite, type Site, type SiteOptions } from './open-site.ts'
import { makeTempDir } from './temp.ts'

export type { Site } from './open-site.ts'

export async function makeSite(options: Partial<SiteOptions> = {}): Promise<Site> {
  const site = await openSite({ ...options, dir: options.dir ?? makeTempDir() })
  onTestFinished(() => site.catalog.close())
  return site
}
