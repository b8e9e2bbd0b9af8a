internal import CrewCore
internal import CrewRuntime

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif
internal import CConfined

extension ConfinedFolder {
    /// Puts a text in the place of a file, or makes the file and the folders on its way.
    ///
    /// The text goes to a new file beside the target, reaches the disk, and takes the target's name in one step: at
    /// every moment the target is the old text or the new. What a link or a second name leads to is never written to,
    /// even if it takes the target's place midway.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - path: The file.
    ///   - key: The same when this write is made again after a crash, which then takes away what that left unfinished;
    ///     different for any other write to this file. `nil` for a write that is never made again.
    /// - Returns: Whether there was such a file before.
    func write(_ text: String, to path: ConfinedPath, key: String? = nil) throws -> Bool {
        guard let name = path.names.last else { throw ToolRejection("The path is empty: name a file.") }
        guard text.utf8.count <= Self.maximumSize else {
            throw Self.tooLarge("The text has \(text.utf8.count) bytes")
        }
        for name in path.names { try protected.check(name, for: .writing, path: path.text) }
        let folder = try makeFolder(path.names.dropLast())
        let mode = try modeOfTarget(name, in: folder, path: path.text)
        let temporary = Self.temporaryName(for: path.text, key)
        unlinkat(folder.number, temporary, 0)
        let number = confined_open_name(folder.number, temporary, O_WRONLY | O_CREAT | O_EXCL, 0o666)
        guard number >= 0 else { throw Self.problem("making a file", errno, path.text) }
        let file = Descriptor(owning: number)
        do {
            if let mode, fchmod(file.number, mode) != 0 { throw FileFailure("fchmod", code: errno) }
            try Self.writeAll(text, to: file)
            guard fsync(file.number) == 0 else { throw FileFailure("fsync", code: errno) }
            guard renameat(folder.number, temporary, folder.number, name) == 0 else {
                throw Self.problem("renaming", errno, path.text)
            }
        } catch {
            unlinkat(folder.number, temporary, 0)
            throw error
        }
        guard fsync(folder.number) == 0 else { throw FileFailure("fsync", code: errno) }
        return mode != nil
    }

    /// How the names of unfinished files begin; the listing leaves them out.
    static let temporaryPrefix = ".crew-unfinished-"

    /// A name that follows from the file and the key, whatever letters they have: their 64-bit FNV-1a hash.
    private static func temporaryName(for path: String, _ key: String?) -> String {
        let words = path + "\0" + (key ?? String(UInt64.random(in: .min ... .max)))
        let hash = words.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return temporaryPrefix + String(hash, radix: 36)
    }

    /// The permissions of the file that is to be replaced, if there is one.
    private func modeOfTarget(
        _ name: String,
        in folder: borrowing Descriptor,
        path: String
    ) throws -> mode_t? {
        var status = stat()
        let isThere = fstatat(folder.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0
        guard isThere || errno == ENOENT else { throw Self.problem("fstatat", errno, path) }
        try protected.check(name, in: try folder.status(), target: isThere ? status : nil, path: path)
        guard isThere else { return nil }
        if status.isFolder { throw ToolRejection("'\(path)' is a folder.") }
        guard status.isFile else {
            throw ToolRejection("'\(path)' is a link or a device, which may not be written to.")
        }
        guard status.st_nlink == 1 else {
            throw ToolRejection("'\(path)' has a second name elsewhere (a hard link) and may not be written to.")
        }
        try refuseMount(name, in: folder, path: path)
        // Whoever is the system's administrator may write it all the same, and somebody said that it is not to change.
        guard status.st_mode & 0o222 != 0, faccessat(folder.number, name, W_OK, AT_EACCESS) == 0 else {
            throw ToolRejection("'\(path)' is read-only and stays as it is.")
        }
        return status.st_mode & 0o777
    }

    private static func writeAll(_ text: String, to file: borrowing Descriptor) throws(FileFailure) {
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes { writeOnce(file.number, $0) }
            guard count > 0 else { throw FileFailure("writing", code: errno) }
            start += count
        }
    }

    private static func writeOnce(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer) -> Int {
        while true {
            #if canImport(Glibc)
                let count = Glibc.write(descriptor, buffer.baseAddress, buffer.count)
            #elseif canImport(Musl)
                let count = Musl.write(descriptor, buffer.baseAddress, buffer.count)
            #else
                let count = Darwin.write(descriptor, buffer.baseAddress, buffer.count)
            #endif
            if count >= 0 || errno != EINTR { return count }
        }
    }
}
