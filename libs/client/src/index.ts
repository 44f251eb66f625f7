export { GatehouseClient, type ClientOptions, type RealtimeOptions } from './client.js';
export { NoAnswerError, ProblemError, SignedOutError, type FieldProblem } from './errors.js';
export type { Channel, Locks, Platform, Wakes } from './platform.js';
export type { Ending } from './realtime/close-codes.js';
// With a star, so that products can add to the interface of events.
export * from './realtime/events.js';
export { Realtime, type RealtimeStatus } from './realtime/realtime.js';
export type { WebSocketClass, WebSocketLike } from './realtime/web-socket-link.js';
export type { RefreshTokenStore } from './refresher.js';
export { Session, type SessionOptions } from './session.js';
export type { SessionEvents } from './token-keeper.js';
export type { License, MfaChallenge, TokenSet, User } from './wire.js';
