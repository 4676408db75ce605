// Ends a program that cannot notice by itself that the process which started it has gone.
// Argument: the program's pid.

const pid = Number(process.argv[2]);

process.on('disconnect', () => {
  try {
    if (pid > 0) process.kill(pid, 'SIGTERM');
  } catch {
    // It has ended.
  }
  process.exit(0);
});
