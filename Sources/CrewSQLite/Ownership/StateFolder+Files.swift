package import CrewRuntime

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension StateFolder {
    /// The content of a file; `nil` when there is none.
    ///
    /// - Parameters:
    ///   - name: The file, relative to the folder.
    ///   - largest: The most bytes it may have.
    /// - Throws: `JournalError` when the folder or the file is not the person's own, or cannot be read.
    package func content(of name: String, atMost largest: Int = 65_536) throws(JournalError) -> [UInt8]? {
        let file = "\(path)/\(name)"
        let descriptor = open(file, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw JournalError(errno: errno, "\(file) cannot be read")
        }
        defer { close(descriptor) }
        guard try OwnFolder.open(path) != nil else { return nil }
        var found = stat()
        guard fstat(descriptor, &found) == 0 else { throw JournalError(errno: errno, "\(file) cannot be read") }
        try Self.checkOwner(file, of: found)
        guard found.st_mode & S_IFMT == S_IFREG, found.st_size <= largest else {
            throw JournalError(.storage, "\(file) is no file of at most \(largest) bytes.")
        }
        var bytes = [UInt8](repeating: 0, count: largest)
        guard let count = fill(&bytes, from: descriptor) else {
            throw JournalError(errno: errno, "\(file) cannot be read")
        }
        return Array(bytes[..<count])
    }

    /// Puts a file in its place in one step, for the person alone, with the folders on its way.
    ///
    /// - Parameters:
    ///   - bytes: The content.
    ///   - name: The file, relative to the folder.
    /// - Throws: `JournalError` when a folder is not the person's own, or something cannot be written.
    package func put(_ bytes: [UInt8], at name: String) throws(JournalError) {
        let file = "\(path)/\(name)"
        let folder = file.lastIndex(of: "/").map { String(file[..<$0]) } ?? path
        try make()
        try createPrivateDirectory(folder)
        _ = try OwnFolder.open(folder)
        var template = Array("\(folder)/.new-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw JournalError(errno: errno, "\(file) cannot be written") }
        let isWritten = Self.writeAll(bytes, to: descriptor) && fsync(descriptor) == 0
        let code = errno
        close(descriptor)
        guard isWritten, rename(template, file) == 0 else {
            let code = isWritten ? errno : code
            unlink(template)
            throw JournalError(errno: code, "\(file) cannot be written")
        }
    }

    private static func checkOwner(_ place: String, of found: stat) throws(JournalError) {
        guard found.st_uid == geteuid(), found.st_mode & 0o022 == 0, found.st_mode & S_IFMT != S_IFLNK else {
            throw JournalError(
                .storage,
                "\(place) is not yours alone: it must belong to you, be no link, and be writable by nobody else."
            )
        }
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes { send(descriptor, $0) }
            if count < 0, errno != EINTR { return false }
            start += max(0, count)
        }
        return true
    }
}

/// Reads until a buffer is full or the file ends, however often a signal comes between.
///
/// - Returns: How many bytes were read; `nil` when that failed, with the reason in `errno`.
func fill(_ bytes: inout [UInt8], from descriptor: Int32) -> Int? {
    var count = 0
    while count < bytes.count {
        let got = bytes[count...].withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        if got == 0 { break }
        if got > 0 { count += got } else if errno != EINTR { return nil }
    }
    return count
}

private func send(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer) -> Int {
    write(descriptor, buffer.baseAddress, buffer.count)
}
