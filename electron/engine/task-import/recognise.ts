/** Recognises what the steps of a task's scripts do. */
import { recogniseDjango } from './django.ts'
import type { Followed, ReadFile } from './follow.ts'
import type { Found, Step } from './found.ts'
import { recogniseDatabase } from './recognise-databases.ts'
import { recogniseFiles } from './recognise-files.ts'

export interface RecognisedStep extends Step {
  readonly found: Found
}

export async function recognise({ pipelines }: Followed, read: ReadFile): Promise<RecognisedStep[]> {
  const steps: RecognisedStep[] = []
  for (const pipeline of pipelines)
    for (const program of pipeline.programs) {
      const step = { program, pipeline }
      const found = recogniseDatabase(step) ?? recogniseFiles(step) ?? (await recogniseDjango(step, read))
      if (found !== undefined) steps.push({ ...step, found })
    }
  return withoutOwnOutcomes(steps)
}

/** What one step made, a later one only packs or moves: that is no source. */
function withoutOwnOutcomes(steps: readonly RecognisedStep[]): RecognisedStep[] {
  const made: string[] = []
  return steps.map((step) => {
    const { found } = step
    const isOwn = found.reads.length > 0 && found.reads.every((path) => made.some((one) => isPartOf(path, one)))
    made.push(...found.writes)
    const isSource = found.does !== 'dump' && isOwn
    return isSource ? { ...step, found: { ...found, sources: [], copiedLive: [], unclear: [] } } : step
  })
}

/** The file itself, the folder in which it lies, or one with the same beginning as far as it is known. */
function isPartOf(path: string, made: string): boolean {
  const key = (text: string): string =>
    text
      .toLowerCase()
      .replaceAll('\\', '/')
      .replace(/[*?\ue000].*$/s, '')
      .replace(/\/$/, '')
  const [one, other] = [key(path), key(made)]
  if (one === '' || other === '') return false
  return (
    one === other ||
    other.startsWith(`${one}/`) ||
    (path.length > one.length && other.startsWith(one)) ||
    one.startsWith(`${other}/`)
  )
}
