#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Reads files that somebody names, and only what is a file: without Foundation, which would cost more to start than the
/// reading.
package enum FileBytes {
    /// Why a file is not read.
    package struct Refusal: Error, Sendable, Hashable {
        /// What is wrong with it, to stand behind its name and a colon.
        package let message: String
    }

    /// What tells a file from all others, whatever it is called.
    struct Identity: Sendable, Hashable {
        let device: UInt64
        let number: UInt64
    }

    /// The bytes of a regular file.
    ///
    /// Pipes, devices and the system's own files (`/proc`, `/sys`) are refused, also behind a link; a link is followed to
    /// a file of the person who runs the program, or of the system's. It waits for nothing.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - largest: The most bytes it may have.
    package static func read(_ path: String, atMost largest: Int) -> Result<[UInt8], Refusal> {
        identified(path, atMost: largest).map(\.bytes)
    }

    /// The bytes of a regular file, and which one it is; see ``read(_:atMost:)``.
    static func identified(
        _ path: String,
        atMost largest: Int
    ) -> Result<(bytes: [UInt8], identity: Identity), Refusal> {
        // A pipe without a writer would block the opening, and a terminal could become the controlling one.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { return .failure(problem(errno)) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return .failure(problem(errno)) }
        if let refusal = refusal(of: status, path) { return .failure(refusal) }
        guard status.st_size <= largest else { return .failure(Refusal(message: tooLarge(largest))) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(status.st_size) + 1)
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= largest {
            let count = readOnce(descriptor, &chunk)
            if count < 0 { return .failure(problem(errno)) }
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        guard bytes.count <= largest else { return .failure(Refusal(message: tooLarge(largest))) }
        // What the system makes up as it is read does not know its size.
        guard fstat(descriptor, &status) == 0, Int(status.st_size) == bytes.count else {
            return .failure(Refusal(message: "it is no file on a disk, or is being written right now"))
        }
        let identity = Identity(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
        return .success((bytes, identity))
    }

    /// The folder in which a path's last part lies, `.` when it has one part only.
    static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// A path that a file in a folder names.
    static func joined(_ path: String, in directory: String) -> String {
        if path.isEmpty || path.hasPrefix("/") || directory == "." { return path }
        return (directory.hasSuffix("/") ? directory : directory + "/") + path
    }

    /// A path from the root without links; the path itself where there is nothing.
    static func resolved(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Whether a path is that of a folder.
    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// A path that a file in a folder names, from the root.
    static func absolute(_ path: String, in directory: String) -> String {
        guard !path.isEmpty, !path.hasPrefix("/") else { return path }
        let joined = joined(path, in: directory)
        guard !joined.hasPrefix("/"), let current = getcwd(nil, 0) else { return joined }
        defer { free(current) }
        return String(cString: current) + "/" + joined
    }

    private static func refusal(of status: stat, _ path: String) -> Refusal? {
        let kind: String
        switch status.st_mode & S_IFMT {
        case S_IFREG:
            var named = stat()
            let isLink = lstat(path, &named) == 0 && named.st_mode & S_IFMT == S_IFLNK
            guard isLink, status.st_uid != geteuid(), status.st_uid != 0 else { return nil }
            return Refusal(message: "it is a link to somebody else's file")
        case S_IFDIR: kind = "a folder"
        case S_IFIFO: kind = "a pipe"
        case S_IFSOCK: kind = "a socket"
        default: kind = "a device"
        }
        return Refusal(message: "it is \(kind), not a regular file")
    }

    private static func tooLarge(_ largest: Int) -> String {
        largest == 1 << 20 ? "it is larger than a mebibyte" : "it is larger than \(largest) bytes"
    }

    private static func problem(_ code: Int32) -> Refusal { Refusal(message: String(cString: strerror(code))) }

    private static func readOnce(_ descriptor: Int32, _ buffer: inout [UInt8]) -> Int {
        while true {
            #if canImport(Glibc)
                let count = Glibc.read(descriptor, &buffer, buffer.count)
            #elseif canImport(Musl)
                let count = Musl.read(descriptor, &buffer, buffer.count)
            #else
                let count = Darwin.read(descriptor, &buffer, buffer.count)
            #endif
            if count >= 0 || errno != EINTR { return count }
        }
    }
}
