import CrewRuntime
import Foundation

/// The write-ahead log beside a database (https://www.sqlite.org/fileformat2.html#walformat), read to tell a log that a
/// crash cut off from one that is damaged.
///
/// SQLite takes the first frame that is not as it was written for the end of the log, and drops what follows without a
/// word. After a crash that is right: nothing can be missing but the transaction that was not yet flushed. But where a
/// finished transaction is followed by a frame of the next, it was flushed, and so was everything before it: a bad frame
/// before that is damage.
struct WriteAheadLog {
    private static let headerSize = 32
    private static let frameHeaderSize = 24
    /// It is read whole before anything is known of the store.
    private static let largest: Int64 = 1 << 30

    private let bytes: Data
    private let pageSize: Int
    /// Whether the checksums read the numbers with their highest byte first.
    private let isBigEndian: Bool
    private var frameSize: Int { Self.frameHeaderSize + pageSize }
    private var frames: Int { (bytes.count - Self.headerSize) / frameSize }

    /// Checks the log of a database, if there is one.
    ///
    /// - Throws: `damaged`, and `storage` for a log that is too large to be read.
    static func check(of path: String) throws(JournalError) {
        guard fileSize(path + "-wal") ?? 0 <= largest else {
            throw JournalError(
                .storage,
                "the log beside \(path) is larger than a gibibyte, as none of this program's becomes; it is not read. If the"
                    + " store is yours, let `sqlite3 \(path) 'PRAGMA wal_checkpoint(TRUNCATE)'` take it in."
            )
        }
        // Whoever writes meanwhile moves the end of the log on; damage stays where it is.
        var found: String?
        for _ in 0..<3 {
            guard let bytes = FileManager.default.contents(atPath: path + "-wal"),
                let damage = damage(in: bytes), found == nil || found == damage
            else { return }
            found = damage
        }
        if let found { throw JournalError.damaged(path, found) }
    }

    private static func damage(in bytes: Data) -> String? {
        guard bytes.count > headerSize + frameHeaderSize + 512 else { return nil }
        // Its header is within one sector and is flushed before the first frame follows it.
        guard let log = WriteAheadLog(bytes) else { return "the header of its log is not what was written" }
        return log.damagedFrame.map { "frame \($0 + 1) of its log is not what was written" }
    }

    private init?(_ bytes: Data) {
        self.bytes = bytes
        let magic = Self.number(in: bytes, at: 0)
        let size = Int(Self.number(in: bytes, at: 8))
        guard magic & ~1 == 0x377F_0682, size == 1 || (size >= 512 && size <= 32_768 && size & (size - 1) == 0) else {
            return nil
        }
        isBigEndian = magic & 1 == 1
        pageSize = size == 1 ? 65_536 : size
        var sum = Checksum()
        sum.add(bytes, 0..<24, isBigEndian)
        guard sum == Checksum(Self.number(in: bytes, at: 24), Self.number(in: bytes, at: 28)) else { return nil }
    }

    /// The first frame that is not what was written, if it was flushed once.
    private var damagedFrame: Int? {
        var last = Checksum(number(24), number(28))
        guard let bad = (0..<frames).first(where: { frame in !follows(frame, &last) }) else { return nil }
        // Of the bad frame itself nothing is believed: it may be a new one that was begun upon what an older crash left.
        let isFlushed = (bad..<frames).dropLast(2).contains { frame in
            var sum = Checksum(number(start(frame) + 16), number(start(frame) + 20))
            // The number of pages in the database stands in the last frame of a transaction only.
            return follows(frame + 1, &sum) && number(start(frame + 1) + 4) != 0 && follows(frame + 2, &sum)
        }
        return isFlushed ? bad : nil
    }

    /// Whether a frame is as it was written after another.
    ///
    /// - Parameter sum: The checksum of the frame before, and then of this one.
    private func follows(_ frame: Int, _ sum: inout Checksum) -> Bool {
        guard isOfThisLog(frame) else { return false }
        let start = start(frame)
        sum.add(bytes, start..<(start + 8), isBigEndian)
        sum.add(bytes, (start + Self.frameHeaderSize)..<(start + frameSize), isBigEndian)
        return sum == Checksum(number(start + 16), number(start + 20))
    }

    /// Frames from before the log was begun anew carry other salts.
    private func isOfThisLog(_ frame: Int) -> Bool {
        number(start(frame) + 8) == number(16) && number(start(frame) + 12) == number(20)
    }

    private func start(_ frame: Int) -> Int { Self.headerSize + frame * frameSize }

    private func number(_ offset: Int) -> UInt32 { Self.number(in: bytes, at: offset) }

    private static func number(in bytes: Data, at offset: Int) -> UInt32 {
        bytes.withUnsafeBytes { UInt32(bigEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
    }

    /// The log's own checksum, which covers all that was added so far.
    private struct Checksum: Equatable {
        var first: UInt32 = 0
        var second: UInt32 = 0

        init() {}

        init(_ first: UInt32, _ second: UInt32) {
            self.first = first
            self.second = second
        }

        mutating func add(_ bytes: Data, _ range: Range<Int>, _ isBigEndian: Bool) {
            bytes.withUnsafeBytes { bytes in
                for offset in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
                    let left = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
                    let right = bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
                    first &+= (isBigEndian ? UInt32(bigEndian: left) : UInt32(littleEndian: left)) &+ second
                    second &+= (isBigEndian ? UInt32(bigEndian: right) : UInt32(littleEndian: right)) &+ first
                }
            }
        }
    }
}
