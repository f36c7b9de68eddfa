/** The words of every reason for which a backup is kept or removed; part of the table of phrases. */
import type { RetentionCode } from './retention.ts'

export const retentionPhrases = {
  // why nothing is removed at a place now
  'frozen-unreachable': {
    'en': 'the place could not be read, so nobody knows what lies there',
    'zh-CN': '存放位置读不了，不知道里面有什么',
  },
  'frozen-older': {
    'en': 'the place is older than when it was last seen: another disk, or an old copy of it',
    'zh-CN': '存放位置比上次看到的旧：可能是另一块盘，或是旧的副本',
  },
  'frozen-shrank': {
    'en': '{count} backups that were there are gone, and nobody removed them here',
    'zh-CN': '原来在的 {count} 份备份不见了，而且不是在这里删除的',
  },
  'frozen-missing': { 'en': 'the newest backup, {set}, is gone', 'zh-CN': '最新的备份 {set} 不见了' },
  'frozen-no-run': { 'en': 'no finished backup of this job is known', 'zh-CN': '没有这个任务已完成的备份记录' },
  'frozen-last-run': { 'en': 'the newest backup run failed', 'zh-CN': '最近一次备份失败了' },
  'frozen-verification': {
    'en': 'a verification has failed since the last backup',
    'zh-CN': '上次备份之后有一次验证没有通过',
  },
  'frozen-overdue': {
    'en': 'the newest proven backup here is older than promised',
    'zh-CN': '这里最新的已验证备份超过了承诺的时间',
  },
  'frozen-damaged': { 'en': 'the newest backup, {set}, is damaged', 'zh-CN': '最新的备份 {set} 已损坏' },
  'frozen-suspicious': {
    'en': 'the data looked wrong in the newest backup, {set}',
    'zh-CN': '最新的备份 {set} 里数据看起来异常',
  },
  'frozen-clock': {
    'en': 'the clock cannot be trusted: {set} bears a later date than now',
    'zh-CN': '时钟不可信：{set} 的日期比现在还晚',
  },

  // why a backup stays
  'keep-not-ours': {
    'en': 'its manifest cannot be read or is not of this job',
    'zh-CN': '清单读不了，或者不属于这个任务',
  },
  'keep-absent': { 'en': 'it is not there, or cannot be reached', 'zh-CN': '它不在那里，或者现在连不上' },
  'keep-foreign': {
    'en': 'files that Sitekeep did not write lie in its folder',
    'zh-CN': '它的文件夹里有不是 Sitekeep 写入的文件',
  },
  'keep-pinned': { 'en': 'it is pinned', 'zh-CN': '已固定保留' },
  'keep-in-use': { 'en': 'it is being read now', 'zh-CN': '正在被读取' },
  'keep-newest': {
    'en': 'one of the two newest proven backups of {source}',
    'zh-CN': '它是 {source} 最新的两份已验证备份之一',
  },
  'keep-newest-sound': {
    'en': 'one of the two newest backups of {source} without a warning',
    'zh-CN': '它是 {source} 最新的两份没有警告的备份之一',
  },
  'keep-parent': { 'en': '{set} needs it', 'zh-CN': '{set} 要用到它' },
  'keep-age': { 'en': '{days} of {limit} days old', 'zh-CN': '已 {days} 天，保留 {limit} 天' },
  'keep-gap': {
    'en': '{days} of {limit} days old by what was witnessed, {calendar} by the calendar: no backups in between, or the clock was moved',
    'zh-CN': '按备份记录已 {days} 天，保留 {limit} 天（日历上是 {calendar} 天：中间没有备份，或时钟被调过）',
  },
  'keep-count': { 'en': 'one of the {limit} newest of its type', 'zh-CN': '它是同类型最新的 {limit} 份之一' },
  'keep-daily': { 'en': 'kept for its day, {bucket}', 'zh-CN': '作为 {bucket} 这一天的备份保留' },
  'keep-weekly': { 'en': 'kept for its week, {bucket}', 'zh-CN': '作为 {bucket} 这一周的备份保留' },
  'keep-monthly': { 'en': 'kept for its month, {bucket}', 'zh-CN': '作为 {bucket} 这个月的备份保留' },
  'keep-doubtful': {
    'en': 'it is not proven, and there are not yet two newer proven backups of all that it holds',
    'zh-CN': '它没有通过验证，而它包含的内容还没有两份更新的已验证备份',
  },

  // why a backup goes
  'delete-age': { 'en': '{days} days old, kept {limit}', 'zh-CN': '已 {days} 天，只保留 {limit} 天' },
  'delete-unproven': {
    'en': 'not proven, {days} days old (kept {limit}), and newer proven ones are there',
    'zh-CN': '没有通过验证，已 {days} 天（保留 {limit} 天），并且有更新的已验证备份',
  },
  'delete-damaged': {
    'en': 'damaged, {days} days old (kept {limit}), and newer proven ones are there',
    'zh-CN': '已损坏，已 {days} 天（保留 {limit} 天），并且有更新的已验证备份',
  },
} as const satisfies Readonly<Record<RetentionCode, { readonly 'en': string; readonly 'zh-CN': string }>>
