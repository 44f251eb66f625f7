import { command } from '../command.js';
import { Empty } from '../empty.js';
import { Flag, Nested, NestedList, OneOf, SecretText, Text, TextList, Uuid } from '../fields.js';
import { InvalidToken, Overloaded, Unavailable, UnknownClient, ValidationFailed } from '../general.errors.js';
import { GrantNotAllowed } from './identity.errors.js';
import {
  ExtensionTokenInvalid,
  IdentityNotShared,
  ProviderNotConfigured,
  SignInRefused,
  WalletProofInvalid,
} from './providers.errors.js';
import { SignedIn } from './tokens.js';
import { PLAIN } from './user.js';
import { pattern } from '../patterns.js';

export const WALLET_ADDRESS = pattern(/^0x[0-9a-fA-F]{40}$/, '0x and 40 hexadecimal digits');
export const WALLET_SIGNATURE = pattern(/^0x[0-9a-fA-F]{130}$/, '0x and 130 hexadecimal digits');

/** Providers to which a browser is sent. Each is one file in identity. */
export const PROVIDERS = ['github', 'google', 'twitch', 'steam'] as const;
export type ProviderName = (typeof PROVIDERS)[number];

/** Every kind of identity that an account may be entered with. */
export const IDENTITY_KINDS = [...PROVIDERS, 'wallet'] as const;
export type IdentityKind = (typeof IDENTITY_KINDS)[number];

/** Why a browser comes back from a provider without a session: the value of `error` in its address. */
export const PROVIDER_REFUSALS = [
  'state_invalid',
  'access_denied',
  'provider_failed',
  'not_registered',
  'email_taken',
  'identity_taken',
  'sign_in_refused',
  'temporarily_unavailable',
] as const;
export type ProviderRefusal = (typeof PROVIDER_REFUSALS)[number];

export class StartProviderRequest {
  @OneOf(PROVIDERS) provider!: ProviderName;
  @Text({ optional: true, max: 64, pattern: PLAIN }) client_id?: string;
  @Flag({ optional: true, description: 'Make an account when nobody is known by this identity; default false.' })
  register?: boolean;
  @Text({
    optional: true,
    max: 2048,
    pattern: PLAIN,
    description: 'One of the client’s `redirects`; default: the first.',
  })
  return_to?: string;
  @SecretText({ min: 32, max: 128, description: 'A secret of the browser that starts; the same one has to come back.' })
  browser!: string;
}

export class ProviderStart {
  @Text({ max: 8192, description: 'Where the browser goes next.' }) authorize_url!: string;
}

export const StartProvider = command('identity.provider.start', {
  request: StartProviderRequest,
  response: ProviderStart,
  errors: [ValidationFailed, UnknownClient, GrantNotAllowed, ProviderNotConfigured],
  permission: 'anyone',
  summary: 'Begins a sign-in with a provider: a state for this browser, good once, for ten minutes.',
});

export const StartProviderLink = command('identity.provider.start_link', {
  request: StartProviderRequest,
  response: ProviderStart,
  errors: [ValidationFailed, UnknownClient, GrantNotAllowed, ProviderNotConfigured, InvalidToken],
  permission: 'user',
  freshAuth: 300,
  summary: 'Begins to link an identity to the caller’s account, from this browser.',
});

export class ConfiguredProviders {
  @TextList({ description: 'By name, in the order in which to offer them.' }) providers!: ProviderName[];
}

export const ListProviders = command('identity.provider.list', {
  request: Empty,
  response: ConfiguredProviders,
  errors: [],
  permission: 'anyone',
  summary: 'The providers that people can sign in with here.',
});

/** One parameter of a callback; a name may come more than once. */
export class CallbackParameter {
  @Text({ max: 256 }) name!: string;
  @SecretText({ min: 0, max: 8192 }) value!: string;
}

export class FinishProviderRequest {
  @OneOf(PROVIDERS) provider!: ProviderName;
  @NestedList(() => CallbackParameter, { max: 64 }) parameters!: CallbackParameter[];
  @SecretText({ optional: true, max: 128 }) browser?: string;
}

/** How a provider’s callback ends. */
export class FinishedProvider {
  @Text({ max: 2048, description: 'The client’s frontend.' }) return_to!: string;
  @OneOf(PROVIDER_REFUSALS, { optional: true }) error?: ProviderRefusal;
  @Uuid({ optional: true }) user_id?: string;
  @Flag({ optional: true }) is_new_user?: boolean;
  @Nested(() => SignedIn, { optional: true, description: 'Absent when an identity was linked.' }) signed_in?: SignedIn;
}

export const FinishProvider = command('identity.provider.finish', {
  request: FinishProviderRequest,
  response: FinishedProvider,
  errors: [ValidationFailed],
  permission: 'anyone',
  timeoutMs: 20_000,
  summary: 'Ends a sign-in or a link with a provider: checks what came back and asks the provider for the rest.',
});

export class StartWalletRequest {
  @Text({ min: 42, max: 42, pattern: WALLET_ADDRESS, description: 'An Ethereum address.' }) address!: string;
  @Text({ optional: true, max: 64, pattern: PLAIN }) client_id?: string;
  @Text({
    optional: true,
    max: 255,
    pattern: PLAIN,
    description: 'Origin of the page that asks, when it is the client’s.',
  })
  origin?: string;
}

export class WalletMessage {
  @Text({ max: 2048, description: 'The message to sign (EIP-4361), good once, for five minutes.' }) message!: string;
}

export const StartWallet = command('identity.wallet.start', {
  request: StartWalletRequest,
  response: WalletMessage,
  errors: [ValidationFailed, UnknownClient, GrantNotAllowed],
  permission: 'anyone',
  summary: 'A message with which the holder of a wallet signs in.',
});

export class ProveWalletRequest {
  @Text({ max: 4096, description: 'The message as it was given, byte for byte.' }) message!: string;
  @Text({ max: 132, pattern: WALLET_SIGNATURE, description: 'The wallet’s `personal_sign` over it.' })
  signature!: string;
  @Text({ optional: true, max: 64, pattern: PLAIN }) client_id?: string;
}

export const LoginWithWallet = command('identity.wallet.login', {
  request: ProveWalletRequest,
  response: SignedIn,
  errors: [
    ValidationFailed,
    UnknownClient,
    GrantNotAllowed,
    WalletProofInvalid,
    SignInRefused,
    Unavailable,
    Overloaded,
  ],
  permission: 'anyone',
  summary: 'Signs in the holder of a wallet; an address that is not known becomes an account.',
});

export const StartWalletLink = command('identity.wallet.start_link', {
  request: StartWalletRequest,
  response: WalletMessage,
  errors: [ValidationFailed, UnknownClient, GrantNotAllowed, InvalidToken],
  permission: 'user',
  freshAuth: 300,
  summary: 'A message with which the caller links a wallet; it signs nobody in.',
});

export class ExtensionLoginRequest {
  @SecretText({ max: 4096, description: 'The JWT that Twitch gave the extension.' }) token!: string;
  @Text({ optional: true, max: 64, pattern: PLAIN, description: 'The client, or the extension’s id at Twitch.' })
  client_id?: string;
}

export const LoginFromExtension = command('identity.extension.login', {
  request: ExtensionLoginRequest,
  response: SignedIn,
  errors: [
    ValidationFailed,
    UnknownClient,
    GrantNotAllowed,
    ProviderNotConfigured,
    ExtensionTokenInvalid,
    IdentityNotShared,
    SignInRefused,
  ],
  permission: 'anyone',
  summary: 'Signs in a viewer of a Twitch extension who has shared their identity.',
});
