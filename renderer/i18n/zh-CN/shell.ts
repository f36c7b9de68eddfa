/** Chinese words of the frame around the pages, and of what every page may have to say. */
import type { shell as en } from '../en/shell.ts'
import type { SameKeys } from '../words.ts'

export const shell: SameKeys<typeof en> = {
  app: 'Sitekeep',
  nav: {
    label: '主导航',
    overview: '概览',
    jobs: '任务',
    backups: '备份',
    restore: '恢复',
    history: '历史',
    settings: '设置',
    skip: '跳到内容',
  },
  agent: {
    connecting: '正在询问后台服务…',
    running: '后台服务运行中',
    silent: '后台服务没有回应',
    signedOut: '尚未登录',
    since: '{{when}} 起',
  },
  stale: {
    never: '后台服务没有回应',
    neverText: '现在无法知道备份是否在做。服务一有回应，这里会自己显示出来。',
    title: '{{when}} 起后台服务没有回应',
    text: '下面是那时的样子，不代表现在；备份可能没有在做。服务一有回应，这里会自己重新正常。',
  },
  signIn: {
    title: '请用链接打开本页',
    text: '每个链接只能用一次，也只在一个标签页里有效。这个链接已经用过或已过期。要得到新链接，请在运行 Sitekeep 的电脑上执行：',
    command: 'sitekeep open',
    checkout: '在源代码文件夹中：{{command}}',
  },
  loading: '正在读取…',
  retry: '再试一次',
  cancel: '取消',
  close: '关闭',
  more: '更多操作',
  moreOf: '{{name}}：更多操作',
  browse: '浏览…',
  error: { failed: '没有成功', code: '代码 {{code}}', stage: '阶段：{{stage}}' },
  pageError: {
    title: '这一页出错了',
    text: '备份不受影响，由后台服务照常做。请重新打开本页；再次出现的话，请把下面的文字报告给我们。',
    reload: '重新打开',
  },
}
