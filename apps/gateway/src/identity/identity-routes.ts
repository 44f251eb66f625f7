import { AdminAuditController } from './admin-audit.controller.js';
import { AdminClientsController } from './admin-clients.controller.js';
import { AdminRolesController } from './admin-roles.controller.js';
import { AdminSessionsController } from './admin-sessions.controller.js';
import { AdminController } from './admin.controller.js';
import { AdminService } from './admin.service.js';
import { AgentConfigController } from './agent-config.controller.js';
import { AuthorizationController } from './authorization.controller.js';
import { AuthorizationService } from './authorization.service.js';
import { BroadcastConfigController } from './broadcast-config.controller.js';
import { BrowserService } from './browser.service.js';
import { DeliveryService } from './delivery.service.js';
import { DeviceAuthorizationController } from './device-authorization.controller.js';
import { DeviceFlowController } from './device-flow.controller.js';
import { DevicesController } from './devices.controller.js';
import { EmailController } from './email.controller.js';
import { EmailService } from './email.service.js';
import { ExtensionController } from './extension.controller.js';
import { GrantsController } from './grants.controller.js';
import { HeldTokenService } from './held-token.service.js';
import { IntrospectionController } from './introspection.controller.js';
import { IntrospectionService } from './introspection.service.js';
import { LifecycleController } from './lifecycle.controller.js';
import { LifecycleService } from './lifecycle.service.js';
import { IdentitiesController } from './identities.controller.js';
import { MfaController } from './mfa.controller.js';
import { LegacyController } from './legacy.controller.js';
import { OAuthClients } from './oauth-clients.service.js';
import { OAuthController } from './oauth.controller.js';
import { OAuthGrants } from './oauth-grants.service.js';
import { OAuthParties } from './oauth-parties.js';
import { OAuthService } from './oauth.service.js';
import { PasskeyPagesService } from './passkey-pages.service.js';
import { PasskeysController } from './passkeys.controller.js';
import { PasswordsController } from './passwords.controller.js';
import { PresenceController } from './presence.controller.js';
import { ProfileController } from './profile.controller.js';
import { ProviderPagesService } from './provider-pages.service.js';
import { ProvidersController } from './providers.controller.js';
import { ProvidersService } from './providers.service.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';
import { RegistrationPagesController } from './registration-pages.controller.js';
import { RegistrationPagesService } from './registration-pages.service.js';
import { SignInPagesController } from './sign-in-pages.controller.js';
import { SignInPagesService } from './sign-in-pages.service.js';
import { SignInSteps } from './sign-in-steps.service.js';
import { SignInWaysController } from './sign-in-ways.controller.js';
import { SignInController } from './sign-in.controller.js';
import { SignInService } from './sign-in.service.js';
import { SignOutController } from './sign-out.controller.js';
import { SignOutService } from './sign-out.service.js';
import { UserInfoController } from './userinfo.controller.js';
import { StepUpService } from './step-up.service.js';
import { UsersController } from './users.controller.js';
import { Web3Controller } from './web3.controller.js';
import { Web3Service } from './web3.service.js';
import { WellKnownController } from './well-known.controller.js';
import { WellKnownService } from './well-known.service.js';

/** The routes over the identity service, and what they need. */
export const identityControllers = [
  AdminController,
  AdminRolesController,
  AdminSessionsController,
  AdminClientsController,
  AdminAuditController,
  SignInController,
  SessionsController,
  UsersController,
  EmailController,
  PasswordsController,
  LegacyController,
  MfaController,
  PasskeysController,
  PresenceController,
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
  AuthorizationController,
  SignInPagesController,
  RegistrationPagesController,
  SignInWaysController,
  SignOutController,
  UserInfoController,
  GrantsController,
  WellKnownController,
];

export const identityProviders = [
  AdminService,
  AuthorizationService,
  BrowserService,
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
  SignInPagesService,
  RegistrationPagesService,
  SignInSteps,
  PasskeyPagesService,
  ProviderPagesService,
  SignInService,
  SignOutService,
  StepUpService,
  Web3Service,
  WellKnownService,
];
