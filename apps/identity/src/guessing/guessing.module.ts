import type { Feature } from '../feature.js';
import { FailedSignInsRepository } from './failed-sign-ins.repository.js';
import { FailureBudget } from './failure-budget.service.js';
import { GuessBudgetsRepository } from './guess-budgets.repository.js';
import { GuessBudgets } from './guess-budgets.service.js';
import { KnownDevices } from './known-devices.service.js';
import { LoginLanes } from './login-lanes.service.js';
import { NewDevicesController } from './new-devices.controller.js';
import { NewDevices } from './new-devices.service.js';

export const guessing: Feature = {
  controllers: [NewDevicesController],
  providers: [
    FailedSignInsRepository,
    FailureBudget,
    GuessBudgets,
    GuessBudgetsRepository,
    KnownDevices,
    LoginLanes,
    NewDevices,
  ],
};
