/** Words of `import-tasks`, in both languages. */

export interface TaskWords {
  readonly nothing: string
  readonly from: (task: string) => string
  readonly when: string
  readonly noTime: string
  readonly what: string
  readonly nothingKnown: string
  readonly where: string
  readonly weak: string
  readonly notMapped: string
  readonly noBackups: (count: number) => string
  readonly ignored: (count: number) => string
  readonly toAdd: string
  readonly needTo: string
  readonly askAdd: (name: string) => string
  readonly notAdded: (name: string) => string
  readonly nothingNamed: string
  readonly beside: string
  readonly retireWith: (job: string) => string
  readonly askRetire: (job: string) => string
  readonly retired: (task: string, job: string) => string
  readonly given: (task: string) => string
  readonly tooLarge: (limit: string) => string
  readonly oneThing: string
}

export const taskWordsEn: TaskWords = {
  nothing: 'No old backup task was found.',
  from: (task) => `from ${task}`,
  when: 'When',
  noTime: 'no time of its own',
  what: 'What',
  nothingKnown: 'could not be told; name it yourself with sitekeep job add',
  where: 'The old copies lie in',
  weak: 'Weak in the old way',
  notMapped: 'Not mapped',
  noBackups: (count) => `${count} more do not look like backups.`,
  ignored: (count) => `${count} tasks of the system itself were passed over.`,
  toAdd: 'To make these jobs: sitekeep import-tasks … --add --to FOLDER. The old tasks stay as they are.',
  needTo: 'Nowhere to back up to: give --to. Nothing was changed.',
  askAdd: (name) => `Add the job "${name}"?`,
  notAdded: (name) => `"${name}" was not added`,
  nothingNamed: 'what it backs up could not be told',
  beside: 'The old tasks go on beside the new jobs until you switch them off.',
  retireWith: (job) => `After the first proven backup: sitekeep import-tasks --retire "${job}"`,
  askRetire: (job) => `Switch off the old task that the job "${job}" replaces? --give-back switches it on again.`,
  retired: (task, job) =>
    `The old task "${task}" is switched off. To give it back: sitekeep import-tasks --give-back "${job}"`,
  given: (task) => `The old task "${task}" runs again.`,
  tooLarge: (limit) => `These files are larger than ${limit} together, packed. Nothing was changed.`,
  oneThing: '--retire and --give-back stand alone: no files, no --add. Nothing was changed.',
}

export const taskWordsZh: TaskWords = {
  nothing: '没有找到旧的备份任务。',
  from: (task) => `来自 ${task}`,
  when: '时间',
  noTime: '没有自己的时间',
  what: '内容',
  nothingKnown: '无法得知；请用 sitekeep job add 自己指定',
  where: '旧副本存放在',
  weak: '旧方式的弱点',
  notMapped: '未能对应',
  noBackups: (count) => `另有 ${count} 个任务看起来不是备份。`,
  ignored: (count) => `跳过了系统自己的 ${count} 个任务。`,
  toAdd: '建立这些任务：sitekeep import-tasks … --add --to 文件夹。旧任务保持不变。',
  needTo: '没有存放位置：请给出 --to。没有作任何更改。',
  askAdd: (name) => `添加任务“${name}”？`,
  notAdded: (name) => `没有添加“${name}”`,
  nothingNamed: '不知道它备份什么',
  beside: '旧任务和新任务并行，直到您停用旧任务。',
  retireWith: (job) => `第一次备份可靠之后：sitekeep import-tasks --retire "${job}"`,
  askRetire: (job) => `停用任务“${job}”所取代的旧任务？--give-back 可以重新启用。`,
  retired: (task, job) => `旧任务“${task}”已停用。重新启用：sitekeep import-tasks --give-back "${job}"`,
  given: (task) => `旧任务“${task}”重新运行。`,
  tooLarge: (limit) => `这些文件压缩后合计超过 ${limit}。没有作任何更改。`,
  oneThing: '--retire 和 --give-back 只能单独使用：不带文件，也不带 --add。没有作任何更改。',
}
