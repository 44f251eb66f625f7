/**
 * Loaded before the programs of a supervisor (`node --import`): a process whose supervisor is gone, however it
 * died, shuts down as if it had been asked to.
 */
if (process.channel) {
  process.once('disconnect', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.exit(1), 8_000).unref();
  });
  // The channel alone is no reason to stay alive.
  process.channel.unref();
}
