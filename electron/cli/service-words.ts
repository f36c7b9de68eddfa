/** Words of `sitekeep service`, in both languages. */

export interface ServiceWords {
  readonly installed: (home: string, user: string) => string
  readonly answers: (version: string, pid: number) => string
  readonly writable: string
  readonly otherState: (present: string, home: string) => string
  readonly printed: (path: string) => string
  readonly askUninstall: string
  readonly uninstalled: (home: string) => string
  readonly notInstalled: string
  readonly isInstalled: string
  readonly isEnabled: string
  readonly isRunning: string
  readonly doesAnswer: string
  readonly account: string
  readonly version: string
  readonly state: string
  readonly startsWith: string
}

export const serviceWordsEn: ServiceWords = {
  installed: (home, user) =>
    `The service was installed as ${user}: it starts with the computer, with nobody logged in. Its state lies in ${home}.`,
  answers: (version, pid) => `It answers: version ${version}, process ${pid}.`,
  writable:
    'It may write to its state, to the places and databases of its jobs, and below /home, /srv, /mnt and /media. After adding a place elsewhere, or for a restore elsewhere: sitekeep service install --writable FOLDER',
  otherState: (present, home) =>
    `There are jobs in ${present}; the service has its own in ${home}. To take them over: sitekeep job export and job import, or install with --home ${present}`,
  printed: (path) => `Would write ${path}. Nothing was changed.`,
  askUninstall: 'Remove the service? Then nothing is backed up by itself. Jobs, history and backups stay.',
  uninstalled: (home) =>
    `The service was stopped and removed. Its state stays in ${home}; nothing is backed up by itself now.`,
  notInstalled: 'The service is not installed. Install it: sudo sitekeep service install',
  isInstalled: 'Installed',
  isEnabled: 'Starts with the computer',
  isRunning: 'Runs',
  doesAnswer: 'Answers',
  account: 'Account',
  version: 'Version',
  state: 'State',
  startsWith: 'To start it: sudo systemctl start sitekeep; what it says: journalctl -u sitekeep -n 50',
}

export const serviceWordsZh: ServiceWords = {
  installed: (home, user) => `服务已安装，以 ${user} 运行：随电脑启动，不需要有人登录。状态保存在 ${home}。`,
  answers: (version, pid) => `服务有回应：版本 ${version}，进程 ${pid}。`,
  writable:
    '它可以写入自己的状态目录、各任务的存放位置和数据库所在的文件夹，以及 /home、/srv、/mnt、/media 之下。如果存放位置或恢复目标在别处：sitekeep service install --writable 文件夹',
  otherState: (present, home) =>
    `${present} 里已有任务；服务使用自己的 ${home}。要转移任务：sitekeep job export 和 job import，或安装时加上 --home ${present}`,
  printed: (path) => `将写入 ${path}。没有作任何更改。`,
  askUninstall: '卸载服务吗？之后不会再自动备份。任务、历史和备份都保留。',
  uninstalled: (home) => `服务已停止并卸载。状态保留在 ${home}；现在不会再自动备份。`,
  notInstalled: '服务没有安装。安装：sudo sitekeep service install',
  isInstalled: '已安装',
  isEnabled: '随电脑启动',
  isRunning: '正在运行',
  doesAnswer: '有回应',
  account: '帐户',
  version: '版本',
  state: '状态目录',
  startsWith: '启动：sudo systemctl start sitekeep；查看日志：journalctl -u sitekeep -n 50',
}
