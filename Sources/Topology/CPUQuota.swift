/// The CPU time limit that Linux control groups put on this process.
enum CPUQuota {
  /// The tightest limit, in CPUs, from the process's own group up to the root; nil where there is none.
  ///
  /// Version 2 states it in `cpu.max` ("quota period" or "max period"), version 1 in `cpu.cfs_quota_us` (-1 for none)
  /// and `cpu.cfs_period_us`. Both may be mounted; both count.
  ///
  /// - Parameters:
  ///   - groups: the text of `/proc/self/cgroup`.
  ///   - mounts: the text of `/proc/self/mountinfo`.
  ///   - read: the text of a file, nil where it cannot be read.
  static func limit(groups: String, mounts: String, read: (String) -> String?) -> Double? {
    var limits: [Double] = []
    for mount in mounts.split(separator: "\n").compactMap(Mount.init) {
      guard let group = groups.split(separator: "\n").compactMap({ mount.group(from: $0) }).first else { continue }
      for folder in mount.folders(of: group) {
        let fields: [Substring]
        if mount.isVersion2 {
          fields = words(read(folder + "/cpu.max"))
        } else {
          fields = words(read(folder + "/cpu.cfs_quota_us")) + words(read(folder + "/cpu.cfs_period_us"))
        }
        // "max" and -1 are no limit: the first is no number, the second not positive.
        if fields.count == 2, let quota = Double(fields[0]), let period = Double(fields[1]), quota > 0, period > 0 {
          limits.append(quota / period)
        }
      }
    }
    return limits.min()
  }

  private static func words(_ text: String?) -> [Substring] { (text ?? "").split(whereSeparator: \.isWhitespace) }

  /// A mounted cgroup hierarchy that can limit CPU time.
  private struct Mount {
    var root: String
    var point: String
    var isVersion2: Bool

    /// A line of mountinfo: `id parent device root point options… - type source super-options` (proc(5)).
    init?(_ line: Substring) {
      let fields = line.split(separator: " ")
      guard fields.count > 9, let dash = fields.dropFirst(6).firstIndex(of: "-"), fields.count > dash + 3 else {
        return nil
      }
      (root, point) = (String(fields[3]), String(fields[4]))
      switch fields[dash + 1] {
      case "cgroup2": isVersion2 = true
      case "cgroup" where fields[dash + 3].split(separator: ",").contains("cpu"): isVersion2 = false
      default: return nil
      }
    }

    /// The group's path if the line of `/proc/self/cgroup` (`id:controllers:path`) is of this hierarchy.
    func group(from line: Substring) -> String? {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { return nil }
      let isHere = isVersion2 ? fields[1].isEmpty : fields[1].split(separator: ",").contains("cpu")
      return isHere ? String(fields[2]) : nil
    }

    /// The folders from the group up to the mount point. Inside a container the path may be the host's and the mount
    /// only a part of it: the part that is mounted is taken off, and what then does not exist is just not read.
    func folders(of group: String) -> [String] {
      var path = group
      if root != "/", path == root || path.hasPrefix(root + "/") { path.removeFirst(root.count) }
      var parts = path.split(separator: "/")
      var folders = [point]
      while !parts.isEmpty {
        folders.append(point + "/" + parts.joined(separator: "/"))
        parts.removeLast()
      }
      return folders
    }
  }
}
