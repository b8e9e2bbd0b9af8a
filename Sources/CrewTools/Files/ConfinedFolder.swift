internal import CConfined
internal import CrewCore
internal import CrewRuntime

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A folder that nothing reaches out of: no path, no symbolic link, no mount, no exchange of one for another midway.
///
/// The folder is opened once; all else is opened relative to that descriptor, name by name, each folder being open before
/// the next is looked up, and none is followed elsewhere. Linux resolves each name under `openat2` and its `RESOLVE_`
/// flags. Where that call does not exist, `openat(O_NOFOLLOW)` is used, and other file systems are told by their device
/// number, so that a bind mount from the same one is not noticed. What is protected (see ``ProtectedPlaces``) is refused
/// on the way.
final class ConfinedFolder: Sendable {
    /// How names are resolved.
    enum Resolution: Sendable {
        /// By `openat2` where there is such a call, otherwise by `openat`.
        case automatic
        /// By `openat`.
        case walk
    }

    let protected: ProtectedPlaces
    private let root: Descriptor
    private let device: dev_t
    private let resolution: Resolution

    /// Opens a folder; its own path is the operator's and may hold symbolic links.
    init(
        at path: String,
        protecting protected: ProtectedPlaces = ProtectedPlaces(),
        resolution: Resolution = .automatic
    ) throws(FileFailure) {
        let number = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw FileFailure("opening the folder", code: errno) }
        root = Descriptor(owning: number)
        device = try root.status().st_dev
        self.protected = protected
        self.resolution = resolution
    }

    /// Opens a regular file for reading.
    func openFile(_ path: ConfinedPath) throws -> Descriptor {
        guard let name = path.names.last else { throw ToolRejection("The path is empty: name a file.") }
        // A FIFO without a writer would block the opening, and a terminal could become the controlling one.
        let file = try openBeneath(path.names, O_RDONLY | O_NONBLOCK | O_NOCTTY)
        let status = try file.status()
        if status.isFolder { throw ToolRejection("'\(name)' is a folder, not a file.") }
        guard status.isFile else { throw ToolRejection("'\(name)' is not a regular file.") }
        return file
    }

    /// Opens a folder for reading.
    func openFolder(_ names: [String]) throws -> Descriptor {
        try openBeneath(names, O_RDONLY | O_DIRECTORY)
    }

    /// Opens a folder in which something is to be written, and makes those on the way that are missing.
    func makeFolder(_ names: [String]) throws -> Descriptor {
        var folder = try openRoot()
        for (index, name) in names.enumerated() {
            let onTheWay = names.prefix(index + 1).joined(separator: "/")
            try protected.check(name, for: .writing, path: onTheWay)
            if mkdirat(folder.number, name, 0o777) != 0, errno != EEXIST {
                throw Self.problem("making a folder", errno, onTheWay)
            }
            folder = try openName(name, in: folder, O_RDONLY | O_DIRECTORY, path: onTheWay)
        }
        return folder
    }

    /// Refuses a file to be written that is a mount of its own.
    func refuseMount(_ name: String, in folder: borrowing Descriptor, path: String) throws {
        #if os(Linux)
            guard resolution == .automatic else { return }
            let number = confined_open_beneath(folder.number, name, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0)
            if number >= 0 { close(number) } else if errno == EXDEV { throw Self.problem("opening", EXDEV, path) }
        #endif
    }

    private func openRoot() throws -> Descriptor {
        let number = confined_open_name(root.number, ".", O_RDONLY | O_DIRECTORY, 0)
        guard number >= 0 else { throw FileFailure("opening the folder", code: errno) }
        return Descriptor(owning: number)
    }

    private func openBeneath(_ names: [String], _ flags: Int32) throws -> Descriptor {
        var place = try openRoot()
        for (index, name) in names.enumerated() {
            let isLast = index == names.count - 1
            let onTheWay = names.prefix(index + 1).joined(separator: "/")
            try protected.check(name, for: .reading, path: onTheWay)
            place = try openName(name, in: place, isLast ? flags : O_RDONLY | O_DIRECTORY, path: onTheWay)
        }
        return place
    }

    /// Opens one name in a folder that is open, which no link and no mount can lead out of.
    private func openName(
        _ name: String,
        in folder: borrowing Descriptor,
        _ flags: Int32,
        path: String
    ) throws -> Descriptor {
        let number = try numberOfName(name, in: folder, flags, path: path)
        guard number >= 0 else { throw Self.problem("opening", errno, path) }
        let opened = Descriptor(owning: number)
        let status = try opened.status()
        guard status.st_dev == device else { throw Self.problem("opening", EXDEV, path) }
        if status.isFolder { try protected.check(status, path: path) }
        return opened
    }

    /// The descriptor of what was opened, or -1 with `errno` set.
    private func numberOfName(
        _ name: String,
        in folder: borrowing Descriptor,
        _ flags: Int32,
        path: String
    ) throws -> Int32 {
        if resolution == .automatic {
            // EAGAIN: something was renamed meanwhile, and the kernel could not be sure.
            for _ in 0..<64 {
                let number = confined_open_beneath(folder.number, name, flags, 0)
                if number >= 0 { return number }
                if errno == EAGAIN || errno == EINTR { continue }
                // Older container runtimes answer EPERM for calls they do not know.
                guard errno == ENOSYS || errno == EPERM else { return -1 }
                return confined_open_name(folder.number, name, flags, 0)
            }
            throw ToolRejection("'\(path)' is being changed right now; try again.")
        }
        return confined_open_name(folder.number, name, flags, 0)
    }

    /// What an error means to a model, or a failure where it means nothing to it.
    static func problem(_ operation: String, _ code: Int32, _ path: String) -> any Error {
        switch code {
        case ENOENT: ToolRejection("There is no '\(path)' in the folder.")
        case ELOOP, EMLINK, EXDEV, EBUSY:
            ToolRejection("'\(path)' is, or passes through, a link or a mount, which may not be followed.")
        case ENOTDIR: ToolRejection("'\(path)' is not a folder, or passes through something that is none.")
        case EISDIR: ToolRejection("'\(path)' is a folder.")
        case EACCES, EPERM, EROFS: ToolRejection("The system does not permit access to '\(path)'.")
        case ENXIO, ENODEV: ToolRejection("'\(path)' is not a regular file.")
        case ENAMETOOLONG, EILSEQ, EINVAL: ToolRejection("The system does not take the name '\(path)'.")
        default: FileFailure(operation, code: code)
        }
    }
}
