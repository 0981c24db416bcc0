describe('a suite that does not end', () => {
  it('waits for what never comes', function () {
    this.timeout(0);
    return new Promise(() => undefined);
  });
});
