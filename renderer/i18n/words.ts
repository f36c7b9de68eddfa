/** The type that makes Chinese follow English key for key; Chinese has no plural, so that `…_one` is not asked of it. */
export type SameKeys<T> = {
  readonly [K in keyof T as K extends `${string}_one` ? never : K]: T[K] extends string ? string : SameKeys<T[K]>
}
