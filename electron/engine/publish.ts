/** Turns a proven staged set into a backup: manifest, final name, journal, catalog — in this order. */
import type { Manifest } from '../contract/manifest.ts'
import type { ProofLevel } from '../contract/proof.ts'
import { FORMAT_VERSION } from '../contract/manifest.ts'
import type { BackupRun, Branch, OpenBranch } from './backup-run.ts'
import { encodeManifest } from './proof/manifest-file.ts'
import { placeOfSet } from './proof/set-store.ts'
import { localIso, localStamp } from './time.ts'

/**
 * @returns the manifest as published
 * @throws BackupError where the set could not be published, or was published but could not be noted
 */
export async function publishBranch(
  run: BackupRun,
  branch: Branch,
  open: OpenBranch,
  missing: Manifest['missing'],
  level: ProofLevel,
): Promise<Manifest> {
  const { recorder, hooks, deps, job } = run
  const { writing, staged, set } = open
  const { destination, journal, lease } = writing
  const subject = { destination: branch.config.name }
  const encoded = await recorder.stage('manifest', subject, () =>
    Promise.resolve(encodeManifest(manifestOf(run, branch, open, missing, level))),
  )
  await recorder.stage('publish', subject, async () => {
    // After a pause (a laptop's sleep) somebody else may hold the destination: then nothing of ours appears there.
    await lease.check()
    await staged.publish(encoded.bytes, hooks.signal)
  })
  const bytes = branch.artifacts.reduce((sum, artifact) => sum + artifact.bytes, 0)
  branch.made = { set, destination: destination.id, proof: level, bytes }
  await recorder.stage('journal', subject, async () => {
    await journal.append(
      { type: 'set', set, job: job.id, run: hooks.run, manifest_sha256: encoded.sha256, definition: job },
      hooks.signal,
    )
  })
  await recorder.stage('catalog', subject, () => {
    const path = placeOfSet(destination, `${job.slug}/${run.type}/${set.slice(set.indexOf('/') + 1)}`)
    deps.catalog.transaction(() => {
      deps.catalog.recordSet({
        manifest: encoded.manifest,
        manifestSha256: encoded.sha256,
        destination: destination.id,
        path,
        state: 'present',
      })
      deps.catalog.recordGeneration(destination.id, writing.sequence)
    })
    return Promise.resolve()
  })
  hooks.event({ type: 'set.published', set, destination: destination.id })
  hooks.event({ type: 'set.proven', set, destination: destination.id, level, ok: level !== 'none' })
  return encoded.manifest
}

function manifestOf(
  run: BackupRun,
  branch: Branch,
  open: OpenBranch,
  missing: Manifest['missing'],
  level: ProofLevel,
): Omit<Manifest, 'self_sha256'> {
  const { job, deps, hooks, recorder, startedAt } = run
  const { hostname, user, platform } = deps.world.host
  return {
    format_version: FORMAT_VERSION,
    backup_timestamp: localStamp(startedAt),
    backup_date: localIso(startedAt),
    backup_type: run.type,
    set: open.set,
    sequence: open.writing.sequence,
    parent: null,
    run: hooks.run,
    job: { id: job.id, name: job.name, slug: job.slug },
    destination_id: open.writing.destination.id,
    system_info: { hostname, user, platform },
    tool: { name: 'sitekeep', version: deps.version },
    files: [...branch.artifacts],
    missing: [...missing],
    proof: { level, at: localIso(deps.world.clock.now()) },
    findings: recorder.reportable(),
    durations: recorder.durations(),
  }
}
