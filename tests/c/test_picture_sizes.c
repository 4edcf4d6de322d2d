/* How large sources are drawn: the largest of all viewers counts, and only a change wakes who waits. */
#include "call/picture_sizes.h"
#include "check.h"

static ac_picture_sizes sizes;

static void expect(int source, int width, int height) {
    int across, down;
    ac_picture_sizes_largest(&sizes, source, &across, &down);
    CHECK(across == width && down == height);
}

static void the_largest_of_all_viewers_counts(void) {
    expect(5, 0, 0);
    uint32_t row[AC_PICTURE_SIZES] = {[5] = ac_picture_size(80, 48)};
    ac_picture_sizes_put(&sizes, 0, row);
    row[5] = ac_picture_size(20, 60);
    ac_picture_sizes_put(&sizes, 31, row);
    expect(5, 80, 60);
    expect(4, 0, 0);
    row[5] = ac_picture_size(65535, 65535);
    ac_picture_sizes_put(&sizes, 1, row);
    expect(5, 65535, 65535);
    row[5] = 0;
    for (int viewer = 0; viewer < AC_PICTURE_SIZES; viewer++) ac_picture_sizes_put(&sizes, viewer, row);
    expect(5, 0, 0);
}

static void only_a_change_wakes(void) {
    uint32_t row[AC_PICTURE_SIZES] = {[1] = ac_picture_size(8, 8)};
    uint32_t ticket = ac_wake_ticket(&sizes.changed);
    ac_picture_sizes_put(&sizes, 2, row);
    CHECK(ac_wake_wait(&sizes.changed, ticket, 0));
    ticket = ac_wake_ticket(&sizes.changed);
    ac_picture_sizes_put(&sizes, 2, row);
    CHECK(!ac_wake_wait(&sizes.changed, ticket, 0));
}

int main(void) {
    the_largest_of_all_viewers_counts();
    only_a_change_wakes();
    return 0;
}
