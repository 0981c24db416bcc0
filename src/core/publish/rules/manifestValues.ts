// The allowed values of the manifest fields that have a fixed list.

export const CATEGORIES = [
  'navigation',
  'media',
  'vehicle',
  'productivity',
  'communication',
  'entertainment',
  'services',
  'lifestyle',
  'developer',
  'other',
] as const;

export const DILINK_VERSIONS = ['di5.0', 'di5.1', 'unknown'] as const;

export const VEHICLE_CAPABILITIES = [
  'display.read',
  'pkg.read',
  'pkg.launch.ivi',
  'pkg.launch.passenger',
  'pkg.launch.cluster.pixel',
  'pkg.launch.cluster.icons',
  'pkg.launch.dishare',
  'surface.write.ivi',
  'surface.write.passenger',
  'surface.write.cluster',
  'cursor.write',
  'gesture.dispatch',
  'ac.get',
  'ac.set',
  'door.set',
  'window.set',
] as const;

export const ICON_EXTENSIONS: readonly string[] = ['png', 'svg'];

export const PICTURE_EXTENSIONS: readonly string[] = ['png', 'jpg', 'jpeg', 'webp', 'svg'];
