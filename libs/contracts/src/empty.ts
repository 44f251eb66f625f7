/** A request or an answer without members. */
export class Empty {}
