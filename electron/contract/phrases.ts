/** Words that stand inside other words — a reason, a kind of thing, a stage — by code, so that each language says them itself. */

import { retentionPhrases } from './retention-phrases.ts'

/** Placeholders whose values may be codes of this table, or codes of errors; every other value is shown as it is. */
export const phraseFields: ReadonlySet<string> = new Set([
  'reason',
  'problem',
  'previous',
  'what',
  'alternative',
  'proof',
  'at',
  'needed',
  'now',
  'before',
])

interface Phrase {
  readonly 'en': string
  readonly 'zh-CN': string
}

/** `{name}` placeholders are filled from the detail of the message in which the phrase stands. */
export const phrases = {
  // kinds of things
  'job': { 'en': 'job', 'zh-CN': '任务' },
  'source': { 'en': 'source', 'zh-CN': '来源' },
  'destination': { 'en': 'destination', 'zh-CN': '存放位置' },
  'run': { 'en': 'run', 'zh-CN': '运行' },
  'backup': { 'en': 'backup', 'zh-CN': '备份' },
  'folder': { 'en': 'folder', 'zh-CN': '文件夹' },
  'page': { 'en': 'page', 'zh-CN': '页面' },
  'method': { 'en': 'method', 'zh-CN': '请求' },
  'file-in-backup': { 'en': 'file in this backup', 'zh-CN': '备份中的文件' },
  'another-backup': { 'en': 'another backup', 'zh-CN': '另一份备份' },
  'show-set': { 'en': 'Showing {set}', 'zh-CN': '显示 {set}' },
  'service': { 'en': 'service', 'zh-CN': '服务' },
  'account': { 'en': 'account', 'zh-CN': '帐户' },
  'old-task': { 'en': 'old task', 'zh-CN': '旧任务' },
  'change-old-task': { 'en': 'Switching the old task off or on', 'zh-CN': '停用或启用旧任务' },
  'other-system': { 'en': 'it belongs to another kind of system', 'zh-CN': '它属于另一种系统' },
  'incremental-backup': { 'en': 'An incremental backup', 'zh-CN': '增量备份' },
  'planned-full-now': {
    'en': 'it is planned; for now every backup is a complete copy, so use full',
    'zh-CN': '还在计划中；目前每份备份都是完整的一份，请用全量（full）',
  },
  'file': { 'en': 'file', 'zh-CN': '文件' },
  'file-unreadable': { 'en': '{path} cannot be read ({cause}).', 'zh-CN': '{path} 无法读取（{cause}）。' },
  'open-pages': { 'en': 'Opening the pages in a browser', 'zh-CN': '在浏览器里打开页面' },

  // why a backup was passed over
  'set-missing': { 'en': 'is missing from its place', 'zh-CN': '已不在存放位置里' },
  'set-unreachable': { 'en': 'cannot be reached', 'zh-CN': '现在连不上' },
  'set-damaged': { 'en': 'is damaged', 'zh-CN': '已损坏' },
  'set-orphan': { 'en': 'belongs to no known job', 'zh-CN': '不属于任何已知的任务' },
  'set-incomplete': { 'en': 'lacks {sources}', 'zh-CN': '缺少 {sources}' },
  'set-not-proven-yet': { 'en': 'is not proven', 'zh-CN': '没有通过验证' },

  // names, paths and settings
  'name-empty': { 'en': 'it is empty', 'zh-CN': '名称是空的' },
  'name-invisible': { 'en': 'it holds characters that cannot be seen', 'zh-CN': '里面有看不见的字符' },
  'name-not-text': { 'en': 'it is not valid text', 'zh-CN': '不是有效的文字' },
  'name-device': { 'en': 'Windows keeps it for a device', 'zh-CN': '它是 Windows 保留的设备名' },
  'name-reserved': { 'en': 'it stands for the newest backup', 'zh-CN': '它用来指最新的备份' },
  'name-no-letters': { 'en': 'it holds no letter and no digit', 'zh-CN': '里面没有字母或数字' },
  'name-plain': {
    'en': 'use lower-case letters, digits, dot, - and _, at most 80',
    'zh-CN': '请用小写字母、数字、点、- 和 _，最多 80 个',
  },
  'path-not-absolute': { 'en': '"{path}" must be an absolute path.', 'zh-CN': '“{path}”必须是完整路径。' },
  'path-zero': { 'en': 'A path cannot hold a zero character.', 'zh-CN': '路径里不能有零字符。' },
  'pattern-not-absolute': {
    'en': 'The pattern "{pattern}" must be an absolute path.',
    'zh-CN': '规则“{pattern}”必须是完整路径。',
  },
  'pattern-names-nothing': {
    'en': 'The pattern "{pattern}" names nothing below a folder.',
    'zh-CN': '规则“{pattern}”没有指到文件夹里的任何内容。',
  },
  'exclude-leaves-nothing': {
    'en': 'The exclude pattern "{pattern}" leaves nothing of {path}.',
    'zh-CN': '按排除规则“{pattern}”，{path} 里什么都不剩。',
  },
  'too-many-files': {
    'en': '{pattern} matches more than {limit} files.',
    'zh-CN': '符合 {pattern} 的文件超过 {limit} 个。',
  },
  'bad-schedule': {
    'en': 'The schedule "{schedule}" cannot be used: {problem}.',
    'zh-CN': '计划“{schedule}”无法使用：{problem}。',
  },
  'five-fields': {
    'en': 'it must have five fields: minute hour day month weekday',
    'zh-CN': '必须有五项：分 时 日 月 星期',
  },
  'schedule-not-understood': {
    'en': 'one of its fields is not a number, range or list that fits there; 0 2 * * * means daily at 02:00',
    'zh-CN': '其中一项不是合适的数字、范围或列表；0 2 * * * 表示每天 02:00',
  },
  'files-now': { 'en': '{files} files', 'zh-CN': '{files} 个文件' },
  'files-before': { 'en': '{filesBefore} files', 'zh-CN': '{filesBefore} 个文件' },
  'rows-now': { 'en': '{rows} rows in {tables} tables', 'zh-CN': '{tables} 个表共 {rows} 行' },
  'rows-before': {
    'en': '{rowsBefore} rows in {tablesBefore} tables',
    'zh-CN': '{tablesBefore} 个表共 {rowsBefore} 行',
  },
  'never-due': {
    'en': 'it never falls due: there is no such day',
    'zh-CN': '它永远不会到点：没有这样的日子',
  },
  'unknown-zone': {
    'en': 'This computer knows no time zone called "{zone}"; Asia/Shanghai would be one.',
    'zh-CN': '这台电脑不认识名为“{zone}”的时区；例如可写 Asia/Shanghai。',
  },
  'fields-not-understood': {
    'en': '{field}: {problem}. Nothing was changed.',
    'zh-CN': '{field}：{problem}。没有作任何更改。',
  },
  'file-not-json': { 'en': '{path} is not JSON.', 'zh-CN': '{path} 不是 JSON。' },
  'field-in-file': { 'en': '{path}: {field}: {problem}.', 'zh-CN': '{path} 中的 {field}：{problem}。' },
  'value-short': {
    'en': 'at least {limit} needed (characters or entries)',
    'zh-CN': '至少要有 {limit} 个（字符或项）',
  },
  'value-long': { 'en': 'at most {limit} allowed (characters or entries)', 'zh-CN': '最多 {limit} 个（字符或项）' },
  'value-small': { 'en': 'it must be at least {limit}', 'zh-CN': '不能小于 {limit}' },
  'value-large': { 'en': 'it must be at most {limit}', 'zh-CN': '不能大于 {limit}' },
  'value-wrong': { 'en': 'this value does not fit here', 'zh-CN': '这个值不适合这里' },
  'more': { 'en': 'more', 'zh-CN': '更多' },
  'settings-refused': { 'en': '{problem}', 'zh-CN': '这样的设置无法保存，没有作任何更改（{problem}）。' },
  'places-off': {
    'en': 'Every destination of "{job}" is switched off.',
    'zh-CN': '任务“{job}”的存放位置都已停用。',
  },
  'place-in-use': {
    'en': '{name} is still used by {names}. Nothing was changed.',
    'zh-CN': '{name} 还在被 {names} 使用。没有作任何更改。',
  },
  'restore-needs-folder': {
    'en': 'A restore needs an empty folder to restore to, or the test mode.',
    'zh-CN': '恢复需要一个空文件夹，或者选“只试一遍”。',
  },
  'test-restore-place': {
    'en': 'A test restore chooses its own place: leave out the folder.',
    'zh-CN': '试恢复会自己选位置：请不要填文件夹。',
  },
  'set-elsewhere': {
    'en': 'it does not lie at a configured destination; it can be verified and restored by its path',
    'zh-CN': '它不在已设置的存放位置里；可以按它的路径验证和恢复',
  },
  'no-pages': {
    'en': 'the service was started without them (--http)',
    'zh-CN': '后台服务启动时没有打开页面（--http）',
  },
  'not-a-set': { 'en': "not a set's id: {set}", 'zh-CN': '{set} 不是一份备份的编号' },
  'place-key': {
    'en': '"{key}" cannot be used as a name at a destination: {cause}.',
    'zh-CN': '“{key}”不能用作存放位置里的名称（{cause}）。',
  },
  'secret-size': { 'en': 'A secret has from 1 to {limit} bytes.', 'zh-CN': '密码的长度须在 1 到 {limit} 字节之间。' },
  'stopping': { 'en': 'it is stopping', 'zh-CN': '它正在停止' },

  // what a source held
  'no-earlier-backup': {
    'en': 'there is no earlier backup to compare it with',
    'zh-CN': '没有更早的备份可以比较',
  },
  'not-read-then': { 'en': 'it could not be read then ({cause})', 'zh-CN': '当时没能读取（{cause}）' },
  'previous-held': {
    'en': 'the previous backup had {tables} tables, {rows} rows',
    'zh-CN': '上一份备份有 {tables} 张表、{rows} 行',
  },

  // what is wrong with something stored
  'empty': { 'en': 'it is empty', 'zh-CN': '它是空的' },
  'vanished': { 'en': 'it has vanished', 'zh-CN': '它不见了' },
  'dangling-link': { 'en': 'it is a link that leads nowhere', 'zh-CN': '它是一个无处可去的链接' },
  'file-for-folder': { 'en': 'a file lies where a folder is expected', 'zh-CN': '本该是文件夹的地方是一个文件' },
  'not-a-folder': { 'en': 'it is not a folder', 'zh-CN': '它不是文件夹' },
  'other-account': { 'en': 'it belongs to another account', 'zh-CN': '它属于另一个帐户' },
  'no-inodes': {
    'en': 'no inodes left: the file system can hold no more files',
    'zh-CN': '文件系统已放不下更多文件（inode 用尽）',
  },
  'short-copy': {
    'en': 'it holds {size} bytes; {bytes} were written',
    'zh-CN': '写了 {bytes} 字节，却只有 {size} 字节',
  },
  'reads-differently': { 'en': 'what was written reads back differently', 'zh-CN': '读回的内容与写入的不同' },
  'too-large': { 'en': 'it is far too large', 'zh-CN': '它大得不合理' },
  'larger-than': { 'en': 'larger than {limit} bytes', 'zh-CN': '超过 {limit} 字节' },
  'not-json': { 'en': 'it is not JSON', 'zh-CN': '它不是 JSON' },
  'newer-format': {
    'en': 'a newer Sitekeep wrote it, format {version}',
    'zh-CN': '由更新版本的 Sitekeep 写成，格式 {version}',
  },
  'field-wrong': { 'en': 'a field is missing or wrong', 'zh-CN': '有字段缺失或不对' },
  'field-at': { 'en': '{field}: {problem}', 'zh-CN': '字段 {field} 不对（{problem}）' },
  'own-checksum-missing': { 'en': 'its own checksum is missing', 'zh-CN': '缺少它自己的校验和' },
  'own-checksum-differs': { 'en': 'its own checksum differs', 'zh-CN': '它自己的校验和不符' },
  'other-set': { 'en': 'it says that it is {set}', 'zh-CN': '它自称是 {set}' },
  'other-place': { 'en': 'it belongs to another destination', 'zh-CN': '它属于另一个存放位置' },
  'not-as-published': { 'en': 'it is not the one that was published', 'zh-CN': '它不是当时存放的那一份' },
  'sha-differs': { 'en': 'its SHA-256 differs', 'zh-CN': '校验和（SHA-256）不符' },
  'plain-sha-differs': { 'en': 'its decoded SHA-256 differs', 'zh-CN': '解开后的校验和（SHA-256）不符' },
  'decoded-differs': {
    'en': 'the decoded bytes have another SHA-256 than those it was made from',
    'zh-CN': '解开后的内容与备份时的校验和（SHA-256）不符',
  },
  'snapshot-differs': { 'en': 'the snapshot was read back differently', 'zh-CN': '快照两次读出的内容不同' },
  'longer-than-said': { 'en': 'longer than its {bytes} bytes', 'zh-CN': '比记录的 {bytes} 字节长' },
  'in-container': { 'en': 'in the container', 'zh-CN': '容器里' },
  'on-computer': { 'en': 'on this computer', 'zh-CN': '本机' },
  'password-lines': { 'en': 'A database password is one line of text.', 'zh-CN': '数据库密码只能是一行文字。' },
  'source-of-backup': { 'en': 'source of this backup in a job', 'zh-CN': '任务中与此备份对应的来源' },
  'database-put-aside': { 'en': 'database that was put aside', 'zh-CN': '保留的数据库' },
  'restore-to-undo': { 'en': 'restore in place to take back', 'zh-CN': '可撤销的原位恢复' },
  'database-in-backup': { 'en': 'PostgreSQL database in the backup', 'zh-CN': '备份里的 PostgreSQL 数据库' },
  'one-database': {
    'en': 'This backup holds several databases; name one of them: {names}',
    'zh-CN': '此备份包含多个数据库，请指定其中一个：{names}',
  },
  'no-pg-restore': {
    'en': 'pg_restore, version {version} or newer, is not installed on this computer.',
    'zh-CN': '本机没有安装 {version} 或更新版本的 pg_restore。',
  },
  'no-scratch-server': {
    'en': 'the job names no PostgreSQL server for restore tests.',
    'zh-CN': '任务没有指定用于试恢复的 PostgreSQL 服务器。',
  },
  'server-older': {
    'en': 'the server {server} is PostgreSQL {version}, older than {needed}, of which the backup is.',
    'zh-CN': '服务器 {server} 是 PostgreSQL {version}，比备份所来自的 {needed} 旧。',
  },
  'globals-differ': {
    'en': '{roles} roles, expected {wantedRoles}; {tablespaces} tablespaces, expected {wantedTablespaces}',
    'zh-CN': '角色 {roles} 个，应为 {wantedRoles} 个；表空间 {tablespaces} 个，应为 {wantedTablespaces} 个',
  },
  'tables-change': {
    'en': 'its tables are made, dropped or renamed all the time, so that no moment could be held.',
    'zh-CN': '其中的表一直在新建、删除或改名，无法固定某一时刻。',
  },
  'server-lacks': {
    'en': 'the server {server} lacks {missing}.',
    'zh-CN': '服务器 {server} 缺少 {missing}。',
  },
  'too-many-databases': {
    'en': 'The server has {count} databases; a job takes {limit}. Name those that matter.',
    'zh-CN': '服务器有 {count} 个数据库，一个任务最多 {limit} 个。请选出需要的数据库。',
  },
  'dump-empty': { 'en': 'it wrote {bytes} bytes, which are no dump', 'zh-CN': '它只写了 {bytes} 字节，不是导出内容' },
  'dump-cut-off': {
    'en': 'the dump breaks off before its end',
    'zh-CN': '导出内容不完整，没有到结尾',
  },
  'dump-odd': {
    'en': 'it holds what no dump holds: {text}',
    'zh-CN': '里面有导出文件不该有的内容：{text}',
  },
  'shorter-than-said': { 'en': '{found} of {bytes} bytes', 'zh-CN': '{bytes} 字节中只有 {found} 字节' },

  // proofs and stages, where one is named inside a sentence
  'none': { 'en': 'not proven', 'zh-CN': '未验证' },
  'stored': { 'en': 'stored', 'zh-CN': '已存放' },
  'read': { 'en': 'read back', 'zh-CN': '已读回' },
  'decoded': { 'en': 'decoded', 'zh-CN': '已解开' },
  'lock': { 'en': 'lock', 'zh-CN': '准备' },
  'preflight': { 'en': 'preflight', 'zh-CN': '检查空间与权限' },
  'snapshot': { 'en': 'snapshot', 'zh-CN': '取快照' },
  'encode': { 'en': 'encode', 'zh-CN': '读取并压缩' },
  'put': { 'en': 'put', 'zh-CN': '写入' },
  'read-back': { 'en': 'read-back', 'zh-CN': '读回' },
  'decode': { 'en': 'decode', 'zh-CN': '解开' },
  'match': { 'en': 'match', 'zh-CN': '核对数据' },
  'manifest': { 'en': 'manifest', 'zh-CN': '写清单' },
  'publish': { 'en': 'publish', 'zh-CN': '定名' },
  'journal': { 'en': 'journal', 'zh-CN': '写日志' },
  'catalog': { 'en': 'catalog', 'zh-CN': '登记' },
  'restore-fetch': { 'en': 'restore-fetch', 'zh-CN': '取出备份' },
  'restore-stage': { 'en': 'restore-stage', 'zh-CN': '写出数据' },
  'restore-check': { 'en': 'restore-check', 'zh-CN': '核对恢复的数据' },
  'restore-swap': { 'en': 'restore-swap', 'zh-CN': '换上恢复的数据' },
  'remove': { 'en': 'remove', 'zh-CN': '删除旧备份' },

  ...retentionPhrases,
} as const satisfies Readonly<Record<string, Phrase>>

export type PhraseCode = keyof typeof phrases

export function isPhraseCode(code: string): code is PhraseCode {
  return Object.hasOwn(phrases, code)
}

/** Names a phrase where a detail is made; a code that is not in the table does not compile. */
export function phrase(code: PhraseCode): PhraseCode {
  return code
}
