/** Reads tasks from texts, with the scripts that they call beside them, as the tests of the import need it. */
import type { TaskImport } from '../../../electron/contract/task-import.ts'
import { taskImportSchema } from '../../../electron/contract/task-import.ts'
import { readTasks, type TaskInput } from '../../../electron/engine/task-import/read-tasks.ts'

export const now = new Date('2026-03-10T12:00:00Z')

/** @param disk files by their path, as they lie on the computer */
export async function imported(
  files: Readonly<Record<string, string | Uint8Array>>,
  disk: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<TaskImport> {
  const inputs: TaskInput[] = Object.entries(files).map(([name, content]) => ({
    name,
    path: `/srv/given/${name}`,
    bytes: bytes(content),
  }))
  const read = async (path: string): Promise<Uint8Array | undefined> => {
    const found = disk[path]
    return found === undefined ? undefined : bytes(found)
  }
  const result = await readTasks(inputs, { read, now })
  // What is answered must fit the contract as it stands.
  return taskImportSchema.parse(result)
}

function bytes(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content
}

export function task(
  triggers: string,
  { settings = '', principal = '', actions }: { settings?: string; principal?: string; actions?: string } = {},
): string {
  const exec = actions ?? '<Exec><Command>C:\\backup.bat</Command></Exec>'
  return `<Task><Triggers>${triggers}</Triggers><Principals><Principal>${principal}</Principal></Principals><Settings>${settings}</Settings><Actions>${exec}</Actions></Task>`
}

export function codes(
  { weaknesses }: { weaknesses: readonly { code: string }[] } | undefined = { weaknesses: [] },
): string[] {
  return weaknesses.map(({ code }) => code)
}

export function schedules({ jobs }: TaskImport): (string | undefined)[] {
  return jobs.map(({ schedule }) => schedule.full)
}

export function reasons({ unmapped }: TaskImport): string[] {
  return unmapped.map(({ reason }) => reason)
}
