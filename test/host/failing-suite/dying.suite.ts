describe('a suite whose extension host dies', () => {
  it('ends the process', () => {
    process.kill(process.pid, 'SIGKILL');
  });
});
