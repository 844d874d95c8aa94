// Stand-ins for the functions of libudev that hwloc calls, for where hwloc is linked in statically (Sources/Python): so
// the library needs no libudev where it runs. hwloc asks udev for the names of disks, which isoflop never asks hwloc
// for, and goes without where `udev_new` gives nothing; then it calls none of the others.

@c(udev_new)
public func udevNew() -> UnsafeMutableRawPointer? { nil }
@c(udev_unref)
public func udevUnref(_ udev: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? { nil }
@c(udev_device_new_from_subsystem_sysname)
public func udevDevice(
  _ udev: UnsafeMutableRawPointer?, _ subsystem: UnsafePointer<CChar>?, _ name: UnsafePointer<CChar>?
) -> UnsafeMutableRawPointer? { nil }
@c(udev_device_get_property_value)
public func udevDeviceValue(
  _ device: UnsafeMutableRawPointer?, _ key: UnsafePointer<CChar>?
) -> UnsafePointer<CChar>? { nil }
@c(udev_device_unref)
public func udevDeviceUnref(_ device: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? { nil }
