import { error } from '../errors.js';

export const ProviderNotConfigured = error(
  'provider_not_configured',
  'not_found',
  'This way to sign in is not set up here.',
);
export const ExtensionTokenInvalid = error(
  'extension_token_invalid',
  'unauthenticated',
  'The extension’s token is not valid.',
);
export const IdentityNotShared = error(
  'identity_not_shared',
  'forbidden',
  'The viewer has not shared who they are with the extension.',
);
export const WalletProofInvalid = error(
  'wallet_proof_invalid',
  'unauthenticated',
  'The message was not signed by this wallet, was used before or has expired.',
);
export const SignInRefused = error('sign_in_refused', 'forbidden', 'This account may not be entered this way.');
