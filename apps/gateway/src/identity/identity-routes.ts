import { AgentConfigController } from './agent-config.controller.js';
import { BroadcastConfigController } from './broadcast-config.controller.js';
import { DeliveryService } from './delivery.service.js';
import { DeviceAuthorizationController } from './device-authorization.controller.js';
import { DeviceFlowController } from './device-flow.controller.js';
import { DevicesController } from './devices.controller.js';
import { EmailController } from './email.controller.js';
import { EmailService } from './email.service.js';
import { ExtensionController } from './extension.controller.js';
import { HeldTokenService } from './held-token.service.js';
import { IntrospectionController } from './introspection.controller.js';
import { IntrospectionService } from './introspection.service.js';
import { LifecycleController } from './lifecycle.controller.js';
import { LifecycleService } from './lifecycle.service.js';
import { IdentitiesController } from './identities.controller.js';
import { OAuthClients } from './oauth-clients.service.js';
import { OAuthController } from './oauth.controller.js';
import { OAuthGrants } from './oauth-grants.service.js';
import { OAuthParties } from './oauth-parties.js';
import { OAuthService } from './oauth.service.js';
import { PasswordsController } from './passwords.controller.js';
import { ProfileController } from './profile.controller.js';
import { ProvidersController } from './providers.controller.js';
import { ProvidersService } from './providers.service.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';
import { SignInController } from './sign-in.controller.js';
import { SignInService } from './sign-in.service.js';
import { UsersController } from './users.controller.js';
import { Web3Controller } from './web3.controller.js';
import { Web3Service } from './web3.service.js';
import { WellKnownController } from './well-known.controller.js';
import { WellKnownService } from './well-known.service.js';

/** The routes over the identity service, and what they need. */
export const identityControllers = [
  SignInController,
  SessionsController,
  UsersController,
  EmailController,
  PasswordsController,
  ProfileController,
  LifecycleController,
  AgentConfigController,
  BroadcastConfigController,
  ProvidersController,
  IdentitiesController,
  Web3Controller,
  ExtensionController,
  DeviceFlowController,
  DevicesController,
  DeviceAuthorizationController,
  IntrospectionController,
  OAuthController,
  WellKnownController,
];

export const identityProviders = [
  DeliveryService,
  EmailService,
  HeldTokenService,
  IntrospectionService,
  LifecycleService,
  OAuthClients,
  OAuthGrants,
  OAuthParties,
  OAuthService,
  ProvidersService,
  SessionsService,
  SignInService,
  Web3Service,
  WellKnownService,
];
