internal import CrewCore

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

extension ConfinedFolder {
    /// The most bytes of a file that are read, and of a text that is written.
    static let maximumSize = 1_048_576

    /// The text of a file.
    ///
    /// - Throws: ``ToolRejection`` for what is no UTF-8 text of at most ``maximumSize`` bytes in this folder.
    func read(_ path: ConfinedPath) throws -> String {
        let file = try openFile(path)
        let size = try file.status().st_size
        guard size <= Self.maximumSize else { throw Self.tooLarge("The file has \(size) bytes") }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(size) + 1)
        // The size is only what it was; the file may grow, and some files do not know theirs.
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= Self.maximumSize {
            let count = chunk.withUnsafeMutableBytes { recv in Self.readOnce(file.number, recv) }
            if count < 0 { throw Self.problem("reading", errno, path.text) }
            if count == 0 { break }
            bytes.append(contentsOf: chunk.prefix(count))
        }
        guard bytes.count <= Self.maximumSize else { throw Self.tooLarge("The file has more bytes") }
        guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
            throw ToolRejection("'\(path.text)' is not UTF-8 text; only text can be read.")
        }
        return text
    }

    private static func readOnce(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        while true {
            #if canImport(Glibc)
                let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            #elseif canImport(Musl)
                let count = Musl.read(descriptor, buffer.baseAddress, buffer.count)
            #else
                let count = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
            #endif
            if count >= 0 || errno != EINTR { return count }
        }
    }

    static func tooLarge(_ what: String) -> ToolRejection {
        ToolRejection("\(what); at most \(maximumSize) bytes (1 MiB) are allowed.")
    }
}
