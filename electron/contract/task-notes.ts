/** Why an old task is weak, or cannot be mapped: by code, with its words in each language. */
/* eslint max-lines: off -- a table: one row per code, looked up by name */
import type { Detail } from './error.ts'
import { fill, type Language } from './words.ts'

interface Said {
  readonly message: string
  readonly hint: string
}
interface Row {
  readonly 'en': Said
  readonly 'zh-CN': Said
}

/** What is weak in the old way, and what a job does instead or what to do. */
export const weaknesses = {
  'exit-code-ignored': {
    'en': {
      message: 'The script does not look whether "{tool}" succeeded: a failed backup looks like a good one.',
      hint: 'Sitekeep checks how each tool ended and what it wrote.',
    },
    'zh-CN': {
      message: '脚本不检查“{tool}”是否成功：失败的备份看起来也像成功。',
      hint: 'Sitekeep 会检查每个工具的结果和它写出的内容。',
    },
  },
  'live-sqlite-copied': {
    'en': {
      message: '{path} is copied as a file while it may be in use: such a copy can be torn, or lack the newest data.',
      hint: 'Sitekeep takes a consistent snapshot while the application goes on working.',
    },
    'zh-CN': {
      message: '{path} 在可能被使用时被当作普通文件复制：这样的副本可能损坏，或缺少最新数据。',
      hint: 'Sitekeep 在应用继续运行时取一致的快照。',
    },
  },
  'powershell-redirect': {
    'en': {
      message: 'PowerShell writes the output of "{tool}" with ">": it turns it into UTF-16 and so damages dumps.',
      hint: 'Do not count on these copies. Sitekeep reads the bytes as they come.',
    },
    'zh-CN': {
      message: 'PowerShell 用“>”保存“{tool}”的输出：会转成 UTF-16，从而损坏导出的内容。',
      hint: '不要依赖这些副本。Sitekeep 按原样读取字节。',
    },
  },
  'only-logged-on': {
    'en': {
      message: 'It runs only while {user} is logged on.',
      hint: 'Install Sitekeep as a service: it then runs with nobody logged on.',
    },
    'zh-CN': {
      message: '它只在用户 {user} 登录时运行。',
      hint: '把 Sitekeep 装成服务，无人登录时也会运行。',
    },
  },
  'last-result-failed': {
    'en': {
      message: 'Its last run ended with result {result}: there may be no usable backup from it.',
      hint: 'Make the new job and back up now.',
    },
    'zh-CN': {
      message: '它上次运行的结果是 {result}：可能没有留下能用的备份。',
      hint: '建立新任务后请立即备份一次。',
    },
  },
  'no-retention': {
    'en': {
      message: 'Nothing removes old copies: the disk fills up, and then backups stop.',
      hint: 'Sitekeep keeps copies for as long as the job says and never removes the newest proven ones.',
    },
    'zh-CN': {
      message: '没有清理旧副本：磁盘会满，满了以后备份就停了。',
      hint: 'Sitekeep 按任务规定的天数保留，并且从不删除最新的可靠备份。',
    },
  },
  'pipe-hides-failure': {
    'en': {
      message:
        '"{tool}" is piped on, so that only the last program of the pipe is looked at: a broken dump looks good.',
      hint: 'Sitekeep checks every program and the content.',
    },
    'zh-CN': {
      message: '“{tool}”的输出经过管道，只看得到管道最后一个程序的结果：中断的导出看起来也像成功。',
      hint: 'Sitekeep 检查每个程序，也检查内容。',
    },
  },
  'overwrites-only-copy': {
    'en': {
      message: 'Each run overwrites {path}, the only copy: while it runs, and after a bad run, there is none.',
      hint: 'Sitekeep never overwrites a backup.',
    },
    'zh-CN': {
      message: '每次运行都覆盖唯一的副本 {path}：运行途中和失败之后就没有可用的副本。',
      hint: 'Sitekeep 从不覆盖已有的备份。',
    },
  },
  'mirror-deletes': {
    'en': {
      message: 'It mirrors: what is deleted or encrypted at the source is lost in the copy at the next run.',
      hint: 'Sitekeep keeps earlier states for as long as the job says.',
    },
    'zh-CN': {
      message: '它是镜像：来源里被删除或被加密的内容，下次运行后副本里也没有了。',
      hint: 'Sitekeep 按任务规定的天数保留以前的状态。',
    },
  },
  'deletes-blindly': {
    'en': {
      message: 'Old copies are deleted by age whether or not newer ones are good: after {days} bad days none is left.',
      hint: 'Sitekeep removes nothing while backups fail, and never the newest proven ones.',
    },
    'zh-CN': {
      message: '只按日期删除旧副本，不管新的是否可用：连续失败 {days} 天后就一份不剩。',
      hint: '备份失败期间 Sitekeep 不删除任何备份，也从不删除最新的可靠备份。',
    },
  },
  'password-in-script': {
    'en': {
      message: 'A password stands in {path}: everybody who can read it knows it.',
      hint: 'It was not taken over. Store it with --password-stdin or in the job, then change it and take it out there.',
    },
    'zh-CN': {
      message: '{path} 里写着密码：能读到它的人都知道密码。',
      hint: '密码没有被带过来。请在任务里或用 --password-stdin 保存，然后更换密码并从那里删除。',
    },
  },
  'same-disk': {
    'en': {
      message: 'The copy goes to the disk that holds the data ({disk}): when it fails, both are gone.',
      hint: 'Choose another disk, a share, or a place elsewhere.',
    },
    'zh-CN': {
      message: '副本和数据在同一块磁盘（{disk}）：磁盘坏了两者都没有了。',
      hint: '请选另一块磁盘、共享文件夹或异地的存放位置。',
    },
  },
  'task-disabled': {
    'en': { message: 'The task is switched off: it makes no backups at present.', hint: 'The new job runs.' },
    'zh-CN': { message: '这个任务已停用：现在没有在备份。', hint: '新任务会运行。' },
  },
  'trigger-disabled': {
    'en': {
      message: 'One of its triggers is switched off and was not taken over: {trigger}.',
      hint: 'Add it to the schedule if it is wanted.',
    },
    'zh-CN': { message: '它的一个触发器已停用，没有带过来：{trigger}。', hint: '需要的话请加到计划里。' },
  },
  'task-expired': {
    'en': {
      message: 'It stopped by itself on {until}: since then it makes no backups.',
      hint: 'The new job has no end.',
    },
    'zh-CN': { message: '它已在 {until} 到期：此后没有再备份。', hint: '新任务没有到期日。' },
  },
  'task-ends': {
    'en': { message: 'It stops by itself on {until}, without a word.', hint: 'The new job has no end.' },
    'zh-CN': { message: '它会在 {until} 到期，届时不会有任何提示。', hint: '新任务没有到期日。' },
  },
  'no-catch-up': {
    'en': {
      message: 'A run that is missed because the computer is off is not made up for.',
      hint: 'The new job makes up for missed runs.',
    },
    'zh-CN': { message: '因为关机错过的运行不会补上。', hint: '新任务会补上错过的备份。' },
  },
  'no-network-logon': {
    'en': {
      message: 'It logs on without a password (S4U), so it never had access to {path}: probably no copy was ever made.',
      hint: 'Look into that folder, and give the account of the new service the right to write there.',
    },
    'zh-CN': {
      message: '它以不存密码的方式（S4U）登录，无法访问 {path}：可能从来没有成功过。',
      hint: '请查看那个文件夹，并让新服务的帐户有权写入。',
    },
  },
  'account-differs': {
    'en': {
      message: 'It runs as {user} and uses {path}, which another account may see differently or not at all.',
      hint: 'Test the place in the new job: a service runs as another account.',
    },
    'zh-CN': {
      message: '它以 {user} 身份运行并使用 {path}，换一个帐户看到的可能不同，或根本看不到。',
      hint: '请在新任务里测试这个位置：后台服务用的是另一个帐户。',
    },
  },
  'no-time-limit': {
    'en': {
      message: 'It has no time limit: one run that hangs keeps all later ones from starting.',
      hint: 'Sitekeep ends a run that hangs and says so.',
    },
    'zh-CN': { message: '它没有时间限制：一次卡住，后面的都不会开始。', hint: 'Sitekeep 会结束卡住的运行并告知。' },
  },
  'condition-dropped': {
    'en': {
      message: 'It runs only under a condition ({condition}); otherwise it is left out without a word.',
      hint: 'The new job has no such condition.',
    },
    'zh-CN': { message: '它只在满足条件时运行（{condition}），否则不声不响地跳过。', hint: '新任务没有这个条件。' },
  },
  'docker-terminal': {
    'en': {
      message:
        '"docker exec" is given a terminal (-t): it changes line ends and so damages dumps, and fails without one.',
      hint: 'Do not count on these copies. Sitekeep uses no terminal.',
    },
    'zh-CN': {
      message: '“docker exec”用了终端（-t）：会改动换行而损坏导出内容，没有终端时还会失败。',
      hint: '不要依赖这些副本。Sitekeep 不使用终端。',
    },
  },
  'waits-for-key': {
    'en': {
      message: 'The script waits for a key ("pause"): with nobody there it hangs, and later runs do not start.',
      hint: 'Sitekeep asks nobody.',
    },
    'zh-CN': {
      message: '脚本会等待按键（pause）：没有人时就卡住，后面的运行也不会开始。',
      hint: 'Sitekeep 不会等人。',
    },
  },
  'errors-discarded': {
    'en': {
      message: 'What "{tool}" says when it fails is thrown away.',
      hint: 'Sitekeep keeps it in the log of the run.',
    },
    'zh-CN': { message: '“{tool}”失败时的提示被丢弃了。', hint: 'Sitekeep 会保留在运行日志里。' },
  },
  'cron-percent': {
    'en': {
      message: 'The line holds a bare "%": cron ends the command there, so that it never ran as it reads.',
      hint: 'Look whether it ever made a copy.',
    },
    'zh-CN': {
      message: '这一行有未转义的“%”：cron 在那里截断命令，所以从未按字面运行。',
      hint: '请查看它是否真的留下过副本。',
    },
  },
  'never-read-back': {
    'en': {
      message: 'Nobody ever reads the copies back: whether they can be restored is not known.',
      hint: 'Sitekeep reads every backup back and matches its content.',
    },
    'zh-CN': { message: '从来没有读回过副本：能不能恢复并不知道。', hint: 'Sitekeep 读回每一份备份并核对内容。' },
  },
  'script-not-read': {
    'en': {
      message: 'The script {path} could not be read here, so what it backs up is not known.',
      hint: 'Give the script together with the task, or name what is to be backed up yourself.',
    },
    'zh-CN': {
      message: '这里读不到脚本 {path}，所以不知道它备份什么。',
      hint: '请把脚本和任务一起导入，或自己指定要备份的内容。',
    },
  },
  'not-recognised': {
    'en': {
      message: 'No backup of a known kind was recognised in what it runs.',
      hint: 'Name what is to be backed up yourself.',
    },
    'zh-CN': { message: '在它运行的内容里没有认出已知的备份方式。', hint: '请自己指定要备份的内容。' },
  },
  'path-not-known': {
    'en': {
      message: 'The script builds a path from values that are only known when it runs ({text}).',
      hint: 'Name this path yourself.',
    },
    'zh-CN': { message: '脚本里有一个路径要运行时才知道（{text}）。', hint: '请自己指定这个路径。' },
  },
  'kind-not-supported': {
    'en': {
      message: 'It also backs up something that Sitekeep does not support yet: {tool}.',
      hint: 'Keep the old task for that part.',
    },
    'zh-CN': { message: '它还备份了 Sitekeep 尚不支持的内容：{tool}。', hint: '那一部分请保留旧任务。' },
  },
} as const satisfies Readonly<Record<string, Row>>

/** Why a task or a trigger is not mapped, and what to do instead. */
export const taskReasons = {
  'no-trigger': {
    'en': { message: 'It has no trigger: it runs only by hand.', hint: 'Give the job a time of its own.' },
    'zh-CN': { message: '它没有触发器，只能手动运行。', hint: '请给任务定一个时间。' },
  },
  'trigger-boot': {
    'en': {
      message: 'It starts when the computer starts; a job starts by the clock.',
      hint: 'Give the job a time: a run that is missed is made up for after the start.',
    },
    'zh-CN': { message: '它在开机时启动；任务按时间启动。', hint: '请给任务定一个时间：错过的会在开机后补上。' },
  },
  'trigger-logon': {
    'en': {
      message: 'It starts when somebody logs on; nights without anybody have no backup.',
      hint: 'Give the job a time.',
    },
    'zh-CN': { message: '它在有人登录时启动；没有人登录就没有备份。', hint: '请给任务定一个时间。' },
  },
  'trigger-idle': {
    'en': { message: 'It starts when the computer is idle, which nobody can foresee.', hint: 'Give the job a time.' },
    'zh-CN': { message: '它在电脑空闲时启动，时间无法预知。', hint: '请给任务定一个时间。' },
  },
  'trigger-event': {
    'en': {
      message: 'It starts when an event is logged.',
      hint: 'Give the job a time, or start a backup from the program that causes the event.',
    },
    'zh-CN': { message: '它在出现某个事件时启动。', hint: '请给任务定一个时间，或由引发事件的程序来启动备份。' },
  },
  'trigger-session': {
    'en': { message: 'It starts when a session is connected, locked or unlocked.', hint: 'Give the job a time.' },
    'zh-CN': { message: '它在会话连接、锁定或解锁时启动。', hint: '请给任务定一个时间。' },
  },
  'trigger-registration': {
    'en': { message: 'It ran once, when the task was made or changed.', hint: 'Give the job a time.' },
    'zh-CN': { message: '它只在任务建立或修改时运行一次。', hint: '请给任务定一个时间。' },
  },
  'trigger-unknown': {
    'en': { message: 'Its trigger is of a kind that is not known here: {kind}.', hint: 'Give the job a time.' },
    'zh-CN': { message: '不认识这种触发器：{kind}。', hint: '请给任务定一个时间。' },
  },
  'trigger-incomplete': {
    'en': {
      message: 'The trigger does not say when it starts, or not in a way that can be read.',
      hint: 'Give the job a time.',
    },
    'zh-CN': { message: '触发器没有写明开始时间，或无法读懂。', hint: '请给任务定一个时间。' },
  },
  'one-time': {
    'en': {
      message: 'It was to run once, on {at}.',
      hint: 'Give the job a time at which it is to run again and again.',
    },
    'zh-CN': { message: '它只运行一次：{at}。', hint: '请给任务定一个重复的时间。' },
  },
  'every-n-days': {
    'en': {
      message: 'It runs every {n} days, which a calendar schedule cannot say.',
      hint: 'Choose daily or certain weekdays.',
    },
    'zh-CN': { message: '它每 {n} 天运行一次，日历式的计划无法表达。', hint: '请选每天或固定的星期几。' },
  },
  'every-n-weeks': {
    'en': {
      message: 'It runs every {n} weeks, which a calendar schedule cannot say.',
      hint: 'Choose every week.',
    },
    'zh-CN': { message: '它每 {n} 周运行一次，日历式的计划无法表达。', hint: '请选每周。' },
  },
  'interval-uneven': {
    'en': {
      message: 'It repeats every {minutes} minutes, which does not go evenly into an hour or a day.',
      hint: 'Choose an interval such as every 30 minutes, 1, 2, 3, 4, 6, 8 or 12 hours.',
    },
    'zh-CN': {
      message: '它每 {minutes} 分钟重复一次，不能整除一小时或一天。',
      hint: '请选 30 分钟、1、2、3、4、6、8 或 12 小时这样的间隔。',
    },
  },
  'window-uneven': {
    'en': {
      message: 'It repeats within a window that a calendar schedule cannot say ({window}).',
      hint: 'Choose hours, such as every 30 minutes from 8 to 18.',
    },
    'zh-CN': {
      message: '它在一段时间内重复，日历式的计划无法表达（{window}）。',
      hint: '请选整点范围，例如 8 点到 18 点每 30 分钟。',
    },
  },
  'not-a-date': {
    'en': { message: 'The days and months that it names never come together.', hint: 'Give the job a time.' },
    'zh-CN': { message: '它指定的日期和月份从不同时出现。', hint: '请给任务定一个时间。' },
  },
  'calendar-not-cron': {
    'en': {
      message: 'The calendar expression "{text}" has no equal as a schedule of a job.',
      hint: 'Give the job a time.',
    },
    'zh-CN': { message: '日历表达式“{text}”无法对应为任务的计划。', hint: '请给任务定一个时间。' },
  },
  'timer-relative': {
    'en': {
      message: 'The timer counts from the start of the computer or from its last run ({text}), not by the clock.',
      hint: 'Give the job a time.',
    },
    'zh-CN': { message: '定时器从开机或上次运行起计时（{text}），不是按钟点。', hint: '请给任务定一个时间。' },
  },
  'cron-reboot': {
    'en': {
      message: 'It starts when the computer starts (@reboot); a job starts by the clock.',
      hint: 'Give the job a time: a run that is missed is made up for after the start.',
    },
    'zh-CN': {
      message: '它在开机时启动（@reboot）；任务按时间启动。',
      hint: '请给任务定一个时间：错过的会在开机后补上。',
    },
  },
  'cron-not-understood': {
    'en': { message: 'Its time "{text}" cannot be read.', hint: 'Give the job a time.' },
    'zh-CN': { message: '无法读懂它的时间“{text}”。', hint: '请给任务定一个时间。' },
  },
  'zone-not-known': {
    'en': {
      message: 'It follows the time zone "{zone}", which is not known here.',
      hint: 'Give the job a time in a known zone.',
    },
    'zh-CN': { message: '它使用时区“{zone}”，这里不认识。', hint: '请用已知的时区给任务定时间。' },
  },
  'crontab-overwritten': {
    'en': {
      message: 'Each "| crontab -" replaces the whole crontab: only the last one counts, so this one never ran.',
      hint: 'Make a job of it if it is wanted: it has no backups until then.',
    },
    'zh-CN': {
      message: '每个“| crontab -”都会替换整个 crontab：只有最后一个有效，这一条从未运行。',
      hint: '需要的话请为它建一个任务：在那之前它没有任何备份。',
    },
  },
  'crontab-not-read': {
    'en': {
      message: 'What is piped into "crontab -" cannot be read from the file.',
      hint: 'Export the crontab in the container and import that.',
    },
    'zh-CN': { message: '从文件里看不出输入给“crontab -”的内容。', hint: '请在容器里导出 crontab 再导入。' },
  },
  'service-missing': {
    'en': {
      message: 'The service {unit} that the timer starts was not given.',
      hint: 'Give the timer and its service together.',
    },
    'zh-CN': { message: '没有提供定时器要启动的服务 {unit}。', hint: '请把定时器和服务一起导入。' },
  },
  'timer-missing': {
    'en': { message: 'No timer was given that starts this service.', hint: 'Give the timer and its service together.' },
    'zh-CN': { message: '没有提供启动这个服务的定时器。', hint: '请把定时器和服务一起导入。' },
  },
  'action-unsupported': {
    'en': {
      message: 'It starts no program ({kind}), so there is nothing to read.',
      hint: 'Make a job by hand if it was a backup.',
    },
    'zh-CN': { message: '它不启动程序（{kind}），没有可以读取的内容。', hint: '如果它是备份，请手动建立任务。' },
  },
  'not-a-backup': {
    'en': { message: 'It does not look like a backup.', hint: 'Make a job by hand if it is one.' },
    'zh-CN': { message: '它看起来不是备份。', hint: '如果是，请手动建立任务。' },
  },
  'database-not-supported': {
    'en': {
      message: 'It backs up with {tool}, whose database Sitekeep does not support yet.',
      hint: 'Keep the old task.',
    },
    'zh-CN': { message: '它用 {tool} 备份，Sitekeep 尚不支持那种数据库。', hint: '请保留旧任务。' },
  },
  'not-understood': {
    'en': {
      message: 'The file is no Task Scheduler XML, crontab, systemd unit, compose file or script.',
      hint: 'Check the file.',
    },
    'zh-CN': { message: '这个文件不是任务计划 XML、crontab、systemd 单元、compose 文件或脚本。', hint: '请检查文件。' },
  },
  'too-many': {
    'en': {
      message: 'There are more than {limit} tasks; the rest was left out.',
      hint: 'Import fewer files at a time.',
    },
    'zh-CN': { message: '任务超过 {limit} 个，其余的没有处理。', hint: '请分几次导入。' },
  },
  'not-readable': {
    'en': {
      message: '{path} could not be read ({cause}).',
      hint: 'Give the service the right to read it, or give the file itself.',
    },
    'zh-CN': { message: '{path} 无法读取（{cause}）。', hint: '请让后台服务有权读取，或直接提供文件。' },
  },
} as const satisfies Readonly<Record<string, Row>>

export type WeaknessCode = keyof typeof weaknesses
export type TaskReasonCode = keyof typeof taskReasons
export const weaknessCodes = Object.keys(weaknesses) as [WeaknessCode, ...WeaknessCode[]]
export const taskReasonCodes = Object.keys(taskReasons) as [TaskReasonCode, ...TaskReasonCode[]]

/** The words of a weakness or a reason. */
export function taskWords(code: WeaknessCode | TaskReasonCode, detail: Detail, language: Language): Said {
  const row: Row = isReason(code) ? taskReasons[code] : weaknesses[code]
  const { message, hint } = row[language]
  return { message: fill(message, detail, language), hint: fill(hint, detail, language) }
}

function isReason(code: string): code is TaskReasonCode {
  return Object.hasOwn(taskReasons, code)
}
