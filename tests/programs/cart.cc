// A little C++, for its names. cart N adds N things to two carts.
#include <cstdlib>

namespace shop {

// Has no code of its own.
__attribute__((always_inline)) inline long discounted(long sum) {
  return sum - sum / 10;
}

class Cart {
 public:
  __attribute__((noinline)) void add(int price, long count);
  __attribute__((noinline)) void add(double price);
  volatile long sum = 0;
};

void Cart::add(int price, long count) {
  sum = sum + discounted(price * count);
}

void Cart::add(double price) {
  sum = sum + static_cast<long>(price);
}

template <typename Price>
__attribute__((noinline)) void fill(Cart& cart, Price price) {
  cart.add(price, 2);
  cart.add(1.5);
}

}  // namespace shop

int main(int argc, char** argv) {
  shop::Cart cart;
  const long things = argc > 1 ? std::atol(argv[1]) : 0;
  for (long i = 0; i < things; ++i)
    shop::fill(cart, 3);
}
