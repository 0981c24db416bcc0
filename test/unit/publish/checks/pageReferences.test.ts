import assert from 'node:assert/strict';
import { findPageReferences } from '../../../../src/core/publish/checks/pageReferences';
import { measureCpu } from '../../../support/cpu-time';

/** A page and the URLs of the files it loads. */
const PAGES: [html: string, urls: string[]][] = [
  ['<script src="app.js"></script>', ['app.js']],
  ["<SCRIPT SRC='app.js' defer></SCRIPT>", ['app.js']],
  ['<script type=module src=app.mjs></script>', ['app.mjs']],
  ['<script type="text/javascript" src="app.js"></script>', ['app.js']],
  ['<link rel="stylesheet" href="style.css">', ['style.css']],
  ['<link rel="icon shortcut" href=icon.png /><img src="a.png" alt="">', ['icon.png', 'a.png']],
  ['<link rel="alternate stylesheet" href="dark.css">', ['dark.css']],
  ['<link rel="preload" as="font" href="font.woff2">', ['font.woff2']],
  ['<img\n  alt="<script src=x>"\n  src = "a.png">', ['a.png']],
  ['<img src="one.png" src="two.png">', ['one.png']],
  ['<script>document.write("<img src=x.png>")</script><img src="a.png">', ['a.png']],
  // References that a page does not load.
  ['<!-- <script src="old.js"></script> --><img src="a.png">', ['a.png']],
  ['<!--><img src="a.png">', ['a.png']],
  ['<noscript><img src="x.png"></noscript>', []],
  ['<template><img src="x.png"></template>', []],
  ['<textarea><img src="x.png"></textarea><title><img src="y.png"></title>', []],
  ['<style>/* <img src="x.png"> */</style>', []],
  ['<script type="text/template" src="x.js"></script>', []],
  ['<script type="importmap" src="x.json"></script>', []],
  ['<script nomodule src="x.js"></script>', []],
  ['<link rel="canonical" href="x.html"><link rel="alternate" href="feed.xml">', []],
  ['<link rel="preconnect dns-prefetch" href="x">', []],
  ['<link href="x.css">', []],
  ['<imgx src="x.png"><a href="x.html"></a><img alt="x">', []],
  ['<img src="x.png', []],
  ['', []],
];

describe('page references', () => {
  for (const [html, urls] of PAGES) {
    it(`are ${JSON.stringify(urls)} in ${JSON.stringify(html)}`, () => {
      const { references } = findPageReferences(html);
      assert.deepEqual(
        references.map(({ url }) => url),
        urls,
      );
      for (const { url, start, end } of references) {
        assert.equal(html.slice(start, end), url);
      }
    });
  }

  it('are relative to the first base of the page', () => {
    const html = '<base target="_top"><base href="/app/"><base href="/other/"><img src="a.png">';
    assert.equal(findPageReferences(html).base, '/app/');
    assert.equal(findPageReferences('<img src="a.png">').base, undefined);
  });

  it('are found in time linear in the size of the page', async () => {
    const { cpuMs } = await measureCpu(() => {
      for (const part of ['<img ', '<img a="', "<a '", '<script ', '<!--', '<link href=a rel=b>']) {
        findPageReferences(part.repeat(200_000 / part.length));
      }
    });
    assert.ok(cpuMs < 4_000, `${cpuMs} ms`);
  });
});
