/** meta/v1 MicroTime: RFC 3339 with six digits of fraction. */
export function microTimeText(now: number): string {
  return new Date(now).toISOString().replace(/Z$/, '000Z')
}
