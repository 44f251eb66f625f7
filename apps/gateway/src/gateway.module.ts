import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { AccessTokensModule } from '#access-tokens';
import { BusModule, SharedStore } from '#bus';
import { AccessGuard } from './access/access-guard.js';
import { CallerRegistry } from './access/caller-registry.js';
import { GatewayRevocations } from './access/gateway-revocations.js';
import { InternalCallersService } from './access/internal-callers.service.js';
import { RoleTable } from './access/role-table.service.js';
import { TokenReader } from './access/token-reader.js';
import { deadLetterControllers } from './dead-letters/dead-letters.controller.js';
import { DocsController } from './docs/docs.controller.js';
import { OpenApiService } from './docs/openapi.service.js';
import { EdgeService } from './edge/edge.service.js';
import { HealthController } from './edge/health.controller.js';
import { Idempotency } from './edge/idempotency.js';
import { KeptAnswers } from './edge/kept-answers.js';
import { LimitsService } from './edge/limits.service.js';
import { OriginsService } from './edge/origins.service.js';
import { ProblemFilter } from './edge/problem-filter.js';
import { RouteTable } from './edge/route-table.js';
import { CustomersController } from './fulfillment/customers.controller.js';
import { MailWebhooksController } from './fulfillment/mail-webhooks.controller.js';
import { OrdersController } from './fulfillment/orders.controller.js';
import { PortalController } from './fulfillment/portal.controller.js';
import { PortalService } from './fulfillment/portal.service.js';
import { ReconciliationsController } from './fulfillment/reconciliations.controller.js';
import { WebhooksController } from './fulfillment/webhooks.controller.js';
import { SuppressionsController } from './fulfillment/mail-suppressions.controller.js';
import { GatewayConfig } from './gateway.config.js';
import { identityControllers, identityProviders } from './identity/identity-routes.js';
import { EntitlementsController } from './licensing/entitlements.controller.js';
import { GoneController } from './licensing/gone.controller.js';
import { InstallationsController } from './licensing/installations.controller.js';
import { LicenseKeysController } from './licensing/license-keys.controller.js';
import { LicensesController } from './licensing/licenses.controller.js';
import { ImportsController } from './licensing/imports.controller.js';
import { ImportsService } from './licensing/imports.service.js';
import { RenewalsController } from './licensing/renewals.controller.js';
import { ValidationController } from './licensing/validation.controller.js';
import { LinkPagesController } from './pages/link-pages.controller.js';
import { DevicePageController } from './pages/device-page.controller.js';
import { PagesController } from './pages/pages.controller.js';
import { EventsController } from './realtime/events.controller.js';
import { EventsService } from './realtime/events.service.js';
import { ProducersController } from './realtime/producers.controller.js';
import { RealtimeUpstream } from './realtime/realtime-upstream.js';
import { SocketAdmission } from './realtime/socket-admission.js';
import { SocketsController } from './realtime/sockets.controller.js';
import { SocketsService } from './realtime/sockets.service.js';
import { UpgradeAnswer } from './realtime/upgrade-answer.js';
import { secretsControllers, secretsProviders } from './secrets/secrets-routes.js';

const access = [CallerRegistry, GatewayRevocations, InternalCallersService, RoleTable, TokenReader];
const edge = [EdgeService, KeptAnswers, LimitsService, OriginsService, ProblemFilter, SharedStore];
const sockets = [EventsService, RealtimeUpstream, SocketAdmission, SocketsService, UpgradeAnswer];

/** The only HTTP door. It holds no data: everything it answers comes over the bus. */
@Module({})
export class GatewayModule {
  /** @param routes filled by the HTTP server as routes are registered */
  static with(config: GatewayConfig, routes: RouteTable): DynamicModule {
    return {
      module: GatewayModule,
      imports: [busOf(config), AccessTokensModule.forApp(config.publicUrl)],
      controllers: [
        ...identityControllers,
        EntitlementsController,
        InstallationsController,
        LicenseKeysController,
        GoneController,
        LicensesController,
        RenewalsController,
        ImportsController,
        ValidationController,
        WebhooksController,
        OrdersController,
        ReconciliationsController,
        CustomersController,
        MailWebhooksController,
        SuppressionsController,
        PortalController,
        ProducersController,
        SocketsController,
        EventsController,
        ...secretsControllers,
        ...deadLetterControllers,
        HealthController,
        DocsController,
        PagesController,
        DevicePageController,
        LinkPagesController,
      ],
      providers: [
        { provide: RouteTable, useValue: routes },
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_INTERCEPTOR, useClass: Idempotency },
        { provide: APP_FILTER, useExisting: ProblemFilter },
        ...access,
        ...edge,
        ...sockets,
        ...identityProviders,
        ...secretsProviders,
        ImportsService,
        PortalService,
        OpenApiService,
      ],
    };
  }
}

const busOf = (config: GatewayConfig): DynamicModule =>
  BusModule.forApp({ app: 'gateway', url: config.natsUrl, seedFile: config.natsSeedFile });
