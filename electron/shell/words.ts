/** What the tray, the toasts and the native dialogs say, in both languages; the pages have their own tables. */
import type { ProofLevel } from '../contract/proof.ts'
import type { ConfirmedMethod } from '../contract/shell.ts'
import type { reasonCodes } from '../contract/summary.ts'
import type { Language } from '../contract/words.ts'

export const trayStates = ['good', 'running', 'attention', 'failed', 'stopped'] as const
export type TrayState = (typeof trayStates)[number]
type ReasonCode = (typeof reasonCodes)[number]

export interface ShellWords {
  readonly state: Readonly<Record<TrayState, string>>
  readonly proof: Readonly<Record<ProofLevel, string>>
  readonly reason: Readonly<Record<ReasonCode, string>>
  readonly justNow: string
  readonly minutesAgo: (n: number) => string
  readonly hoursAgo: (n: number) => string
  readonly daysAgo: (n: number) => string
  readonly provenWhen: (proof: string, age: string) => string
  readonly next: (time: string) => string
  readonly nothingYet: string
  readonly runningJob: (job: string, percent: number | undefined) => string
  readonly silentSince: (time: string) => string
  readonly refused: string
  readonly jobReason: (job: string, reason: string) => string
  readonly backUpNow: string
  readonly all: string
  readonly restore: string
  readonly open: string
  readonly tryAgain: string
  readonly quit: string
  readonly failedTitle: (job: string, kind: RunWord) => string
  readonly goodAgainTitle: (job: string) => string
  readonly goodAgainBody: string
  readonly confirm: Readonly<Record<ConfirmedMethod, string>>
  readonly confirmYes: string
  readonly confirmNo: string
}

export type RunWord = 'backup' | 'restore' | 'verify' | 'cleanup'

const en: ShellWords = {
  state: {
    good: 'Good',
    running: 'Running',
    attention: 'Attention',
    failed: 'Failed',
    stopped: 'Service not running',
  },
  proof: {
    none: 'not proven',
    stored: 'stored',
    read: 'read back',
    decoded: 'decoded',
    matched: 'data matched',
    restored: 'test-restored',
  },
  reason: {
    'never-proven': 'no proven backup yet',
    'never-run': 'never backed up',
    'last-run-failed': 'the last backup failed',
    'missing': 'the newest backup is gone',
    'overdue': 'the newest backup is too old',
    'damaged': 'a backup is damaged',
    'destination-unreachable': 'a place for backups cannot be reached',
    'agent-interrupted': 'the last run was interrupted',
    'not-covered': 'a source or a place has no backup yet',
    'last-run-warning': 'the last run had warnings',
    'suspicious': 'the data looks wrong',
    'proof-old': 'the last check is long ago',
    'not-looked-at': 'a place for backups has not been looked at yet',
    'paused': 'is paused',
    'no-schedule': 'has no schedule',
    'disabled': 'is switched off',
    'proven': 'data matched',
  },
  justNow: 'just now',
  minutesAgo: (n) => `${n} min ago`,
  hoursAgo: (n) => `${n} h ago`,
  daysAgo: (n) => `${n} days ago`,
  provenWhen: (proof, age) => `${proof} ${age}`,
  next: (time) => `next ${time}`,
  nothingYet: 'Nothing is backed up yet',
  runningJob: (job, percent) => (percent === undefined ? `${job} is running` : `${job} ${percent} %`),
  silentSince: (time) => `No backups since ${time}`,
  refused: 'The service refuses this window. Open it to see why.',
  jobReason: (job, reason) => `${job}: ${reason}`,
  backUpNow: 'Back up now',
  all: 'All',
  restore: 'Restore…',
  open: 'Open Sitekeep',
  tryAgain: 'Start the service again',
  quit: 'Quit the tray (backups go on)',
  failedTitle: (job, kind) =>
    ({
      backup: `The backup of ${job} failed`,
      restore: `The restore of ${job} failed`,
      verify: `The check of ${job} failed`,
      cleanup: `Removing old backups of ${job} failed`,
    })[kind],
  goodAgainTitle: (job) => `${job} is good again`,
  goodAgainBody: 'The new backup was read back and its data matched.',
  confirm: {
    'job.remove': 'Remove this job? Its backups stay where they are.',
    'destination.remove': 'Remove this place? The backups in it stay where they are.',
    'destination.adopt': 'Take over this place? It will belong to this installation from now on.',
    'secret.remove': 'Remove this password? Jobs that need it will fail.',
    'agent.stop': 'Stop the service? No backups run until it is started again.',
  },
  confirmYes: 'Yes',
  confirmNo: 'Cancel',
}

const zh: ShellWords = {
  state: { good: '正常', running: '运行中', attention: '需留意', failed: '失败', stopped: '服务没在运行' },
  proof: {
    none: '未验证',
    stored: '已存放',
    read: '已读回',
    decoded: '已解开',
    matched: '数据一致',
    restored: '试恢复通过',
  },
  reason: {
    'never-proven': '还没有验证过的备份',
    'never-run': '从未备份过',
    'last-run-failed': '上一次备份失败了',
    'missing': '最新的备份不见了',
    'overdue': '最新的备份太旧了',
    'damaged': '有一份备份损坏了',
    'destination-unreachable': '有存放位置连不上',
    'agent-interrupted': '上一次运行被中断了',
    'not-covered': '有来源或存放位置还没有备份过',
    'last-run-warning': '上一次运行有警告',
    'suspicious': '数据看起来不对',
    'proof-old': '很久没有验证了',
    'not-looked-at': '有存放位置还没有查看过',
    'paused': '已暂停',
    'no-schedule': '没有定时',
    'disabled': '已停用',
    'proven': '数据一致',
  },
  justNow: '刚刚',
  minutesAgo: (n) => `${n} 分钟前`,
  hoursAgo: (n) => `${n} 小时前`,
  daysAgo: (n) => `${n} 天前`,
  provenWhen: (proof, age) => `${age}${proof}`,
  next: (time) => `下一次 ${time}`,
  nothingYet: '还没有备份任何东西',
  runningJob: (job, percent) => (percent === undefined ? `${job} 运行中` : `${job} ${percent}%`),
  silentSince: (time) => `${time} 起没有备份`,
  refused: '后台服务拒绝了这个窗口，打开可看原因',
  jobReason: (job, reason) => `${job}：${reason}`,
  backUpNow: '立即备份',
  all: '全部',
  restore: '恢复…',
  open: '打开 Sitekeep',
  tryAgain: '重新启动服务',
  quit: '退出托盘（备份照常）',
  failedTitle: (job, kind) =>
    ({
      backup: `${job} 的备份失败了`,
      restore: `${job} 的恢复失败了`,
      verify: `${job} 的验证失败了`,
      cleanup: `${job} 的旧备份清理失败了`,
    })[kind],
  goodAgainTitle: (job) => `${job} 重新正常`,
  goodAgainBody: '新备份已读回，数据一致。',
  confirm: {
    'job.remove': '删除这个任务？它的备份会留在原处。',
    'destination.remove': '移除这个存放位置？里面的备份会留在原处。',
    'destination.adopt': '接管这个存放位置？从现在起它归这台机器的 Sitekeep 使用。',
    'secret.remove': '删除这个密码？需要它的任务会失败。',
    'agent.stop': '停止后台服务？重新启动之前不会有备份。',
  },
  confirmYes: '确定',
  confirmNo: '取消',
}

const tables: Readonly<Record<Language, ShellWords>> = { en, 'zh-CN': zh }

export function shellWords(language: Language): ShellWords {
  return tables[language]
}

/** How long ago, rounded down: an age must never be told younger than the next smaller unit would. */
export function ageOf(from: Date, now: Date, words: ShellWords): string {
  const minutes = Math.floor((now.getTime() - from.getTime()) / 60_000)
  if (minutes < 1) return words.justNow
  if (minutes < 60) return words.minutesAgo(minutes)
  if (minutes < 48 * 60) return words.hoursAgo(Math.floor(minutes / 60))
  return words.daysAgo(Math.floor(minutes / (24 * 60)))
}

/** `02:00` within the next or last 24 hours, with the date beyond. */
export function clockTime(at: Date, now: Date, language: Language): string {
  const far = Math.abs(at.getTime() - now.getTime()) > 24 * 3600 * 1000
  const date = far ? ({ month: 'numeric', day: 'numeric' } as const) : {}
  return new Intl.DateTimeFormat(language, { ...date, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at)
}
