/** What the shop in the pictures calls its things, in either language. */
export interface Names {
  readonly data: string
  readonly places: readonly string[]
  readonly jobs: readonly string[]
  readonly folders: readonly string[]
  readonly restored: string
}

export const names: Readonly<Record<'zh-CN' | 'en', Names>> = {
  'zh-CN': {
    data: '门店数据',
    places: ['移动硬盘', 'NAS01'],
    jobs: ['门店收银', '网上商城', '共享文件'],
    folders: ['商品图片', '共享'],
    restored: '恢复出来的数据',
  },
  'en': {
    data: 'shop',
    places: ['USB disk', 'NAS01'],
    jobs: ['Shop till', 'Web shop', 'Shared files'],
    folders: ['product-photos', 'shared'],
    restored: 'restored',
  },
}
