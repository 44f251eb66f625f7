/** A class that can be made without arguments: request, response and event classes are of this kind. */
export type Type<T extends object = object> = new () => T;
