internal import CrewCore
internal import CrewRuntime

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// What a folder holds.
struct FolderListing: Hashable {
    enum Kind: Hashable {
        case file(size: Int)
        case folder
        /// A link, a device and the like, which cannot be opened.
        case other
    }

    struct Entry: Hashable {
        let name: String
        let kind: Kind
    }

    /// The first entries by name.
    var entries: [Entry] = []
    /// How many more were counted.
    var more = 0
    /// Whether there were more than are counted.
    var isIncomplete = false
    /// How many have names that no path may hold.
    var unusable = 0
}

extension ConfinedFolder {
    /// The most entries that are listed.
    static let maximumEntries = 1_000
    /// The most entries that are looked at.
    static let maximumScanned = 100_000

    /// The first entries of a folder, sorted by their names' bytes.
    func list(_ path: ConfinedPath) throws -> FolderListing {
        let folder = try openFolder(path.names)
        // The stream takes the descriptor it is given, and its own is still needed.
        let copy = fcntl(folder.number, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0, let stream = fdopendir(copy) else { throw FileFailure("fdopendir", code: errno) }
        defer { closedir(stream) }
        var listing = FolderListing()
        var names: [String] = []
        var scanned = 0
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: tuple.pointee)) {
                    String(validatingCString: $0)
                }
            }
            if name == "." || name == ".." || name?.hasPrefix(Self.temporaryPrefix) ?? false { continue }
            scanned += 1
            guard scanned <= Self.maximumScanned else {
                listing.isIncomplete = true
                break
            }
            guard let name, (try? ConfinedPath(name))?.names == [name] else {
                listing.unusable += 1
                continue
            }
            names.append(name)
            if names.count >= 4 * Self.maximumEntries { listing.more += Self.keepFirst(of: &names) }
        }
        listing.more += Self.keepFirst(of: &names)
        listing.entries = names.compactMap { Self.entry($0, in: folder) }
        return listing
    }

    private static func keepFirst(of names: inout [String]) -> Int {
        names.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let surplus = max(0, names.count - maximumEntries)
        names.removeLast(surplus)
        return surplus
    }

    /// What stands under a name; `nil` when it has gone meanwhile.
    private static func entry(_ name: String, in folder: borrowing Descriptor) -> FolderListing.Entry? {
        var status = stat()
        guard fstatat(folder.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
        if status.isFolder { return FolderListing.Entry(name: name, kind: .folder) }
        return FolderListing.Entry(name: name, kind: status.isFile ? .file(size: Int(status.st_size)) : .other)
    }

}
